import type { HttpOptions } from '../options.js';

/** What a client is waited for, if it is. */
export type Awaited = 'request' | 'head' | 'body' | 'close' | 'nothing';

/** How long a client may take to close its side, once it has everything. */
const closeTimeoutMs = 2000;

/** Until when a client may be slow with what it is waited for. */
export class Deadline {
  readonly #timeoutsMs: Readonly<Record<Awaited, number>>;
  #awaited: Awaited = 'nothing';
  #at = Infinity;

  constructor(options: HttpOptions) {
    this.#timeoutsMs = {
      request: options.idleTimeoutMs,
      head: options.headTimeoutMs,
      body: options.bodyTimeoutMs,
      close: closeTimeoutMs,
      nothing: Infinity,
    };
  }

  get awaited(): Awaited {
    return this.#awaited;
  }

  isOver(now: number): boolean {
    return now >= this.#at;
  }

  /**
   * Sets what is waited for.
   *
   * @param progressed something of it came, or a new one began: the time begins anew
   */
  await(awaited: Awaited, progressed: boolean, now: number): void {
    if (awaited === this.#awaited && !progressed) return;
    this.#awaited = awaited;
    this.#at = now + this.#timeoutsMs[awaited];
  }
}
