import type { Milliseconds } from '@lockstep/contracts';

const firstDelayMs = 100;
const delayMsMax = 5000;
/** A service that lived this long is not in a crash loop. */
const soundAfterMs = 10_000;

/** How long to wait before a service that keeps ending is started once more: not at all at first, then up to 5 s. */
export class RestartDelay {
  #endings = 0;

  /** @param livedMs how long the service that has just ended had lived */
  noteEnd(livedMs: Milliseconds): void {
    this.#endings = livedMs >= soundAfterMs ? 1 : this.#endings + 1;
  }

  /** The pause before the next start. */
  get nextMs(): Milliseconds {
    return this.#endings < 2 ? 0 : Math.min(delayMsMax, firstDelayMs * 2 ** (this.#endings - 2));
  }
}
