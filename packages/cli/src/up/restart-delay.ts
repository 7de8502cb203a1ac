const shortestMs = 500;
const longestMs = 10_000;

/** A process that ran for this long has proved itself: its next end is a first one again. */
const provedAfterMs = 20_000;

/** How long to wait before a process is started again: half a second, then twice as long each time, up to ten seconds. */
export class RestartDelay {
  #nextMs = shortestMs;

  /** @param ranForMs how long the process that has just ended had run */
  nextMs(ranForMs: number): number {
    if (ranForMs >= provedAfterMs) this.#nextMs = shortestMs;
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(longestMs, 2 * delayMs);
    return delayMs;
  }
}
