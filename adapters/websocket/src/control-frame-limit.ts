const periodMs = 1000;

/** Counts pings and pongs, of which a connection may send so many in any one second of the clock. */
export class ControlFrameLimit {
  readonly #countMax: number;
  readonly #now: () => number;
  #periodStart = -Infinity;
  #count = 0;

  /** @param now in milliseconds, never going back */
  constructor(countMax: number, now: () => number = () => performance.now()) {
    this.#countMax = countMax;
    this.#now = now;
  }

  /** @returns whether this one is still within the limit */
  take(): boolean {
    const now = this.#now();
    if (now - this.#periodStart >= periodMs) {
      this.#periodStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#countMax;
  }
}
