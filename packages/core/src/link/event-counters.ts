/** Counts what happens, by a stable name; the names come from our own code, so there are few. */
export class EventCounters {
  readonly #counts = new Map<string, number>();

  increment(event: string): void {
    this.#counts.set(event, (this.#counts.get(event) ?? 0) + 1);
  }

  /** 0 for what has never happened. */
  count(event: string): number {
    return this.#counts.get(event) ?? 0;
  }

  /** All counts so far, by name. */
  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
