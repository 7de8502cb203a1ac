/** Reports what may happen often: the first time at once, and after that once for each period in which it happened. */
export class ThrottledReport<Detail> {
  readonly #periodMs: number;
  readonly #report: (count: number, detail: Detail) => void;
  /** How often it has happened since the last report; undefined while it has not happened for a period. */
  #count: number | undefined;

  /**
   * @param report told how often it has happened since the last time, and the detail of the first of these
   */
  constructor(periodMs: number, report: (count: number, detail: Detail) => void) {
    this.#periodMs = periodMs;
    this.#report = report;
  }

  /** It has happened. */
  note(detail: Detail): void {
    if (this.#count !== undefined) {
      this.#count += 1;
      return;
    }
    this.#count = 0;
    this.#report(1, detail);
    setTimeout(() => {
      const count = this.#count ?? 0;
      this.#count = undefined;
      if (count > 0) this.#report(count, detail);
    }, this.#periodMs).unref();
  }
}
