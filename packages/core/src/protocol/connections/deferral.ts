import type { Milliseconds } from '@lockstep/contracts';
import { connectionLimits } from './limits.js';
import type { OrderedEntries } from './replica-io.js';

/**
 * What of the order nobody here waits for. Where a client interceptor is linked, clients wait for what the service makes of the
 * order, so it is applied at once. Elsewhere it is applied a little later, in larger pieces, which spares this replica, its service
 * and whoever shares the machine with them most of the work that a piece makes.
 */
export class Deferral {
  #batches: OrderedEntries[] = [];
  #size = 0;
  #since: Milliseconds = 0;

  /** Entries that wait. */
  get size(): number {
    return this.#size;
  }

  /** The next entries of the order. */
  add(entries: OrderedEntries, now: Milliseconds): void {
    if (this.#size === 0) this.#since = now;
    this.#batches.push(entries);
    this.#size += entries.length;
  }

  /** Whether they are to be applied now, when more have come. */
  isDue(now: Milliseconds): boolean {
    return now - this.#since >= connectionLimits.deferMs || this.#size >= connectionLimits.deferredEntriesMax;
  }

  /** All that wait, which do so no longer. */
  take(): readonly OrderedEntries[] {
    const batches = this.#batches;
    this.#batches = [];
    this.#size = 0;
    return batches;
  }

  /** When they are to be applied, if none have come. */
  nextDeadline(): Milliseconds | undefined {
    return this.#size > 0 ? this.#since + connectionLimits.deferMsMax : undefined;
  }
}
