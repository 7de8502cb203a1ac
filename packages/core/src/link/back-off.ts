import type { Milliseconds } from '@lockstep/contracts';
import { linkLimits } from './limits.js';

/** The pauses between attempts to reach somebody: none at first, then each twice as long as the one before. */
export class BackOff {
  #nextMs: Milliseconds = 0;

  /** The pause to make now. */
  next(): Milliseconds {
    const pause = this.#nextMs;
    this.#nextMs = pause === 0 ? linkLimits.backOffStartMs : Math.min(2 * pause, linkLimits.backOffMaxMs);
    return pause;
  }

  /** An attempt was a success. */
  reset(): void {
    this.#nextMs = 0;
  }
}
