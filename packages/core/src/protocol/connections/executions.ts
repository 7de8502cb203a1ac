import type { Milliseconds, OrderNumber } from '@lockstep/contracts';
import { connectionLimits } from './limits.js';
import type { ServiceOperation } from './replica-io.js';
import type { ReplicaState } from './replica-state.js';

/**
 * What the service is to execute, in its order. Where a client interceptor is linked, clients wait for what the service says,
 * so it is executed at once. Elsewhere nobody waits: it is executed a little later, in larger pieces, which spares this replica,
 * its service and whoever shares the machine with them most of the work that a piece makes.
 */
export class Executions {
  readonly #state: ReplicaState;
  #deferred: { readonly order: OrderNumber; readonly operations: readonly ServiceOperation[] }[] = [];
  #deferredSince: Milliseconds = 0;

  constructor(state: ReplicaState) {
    this.#state = state;
  }

  /** Entries that wait. */
  get size(): number {
    return this.#deferred.length;
  }

  /** The operations of the next entry. */
  add(order: OrderNumber, operations: readonly ServiceOperation[], isAwaited: boolean): void {
    if (isAwaited && this.#deferred.length === 0) {
      this.#state.emit({ kind: 'execute', order, operations });
      return;
    }
    if (this.#deferred.length === 0) this.#deferredSince = this.#state.now;
    this.#deferred.push({ order, operations });
  }

  /** All entries of this step were added. */
  settle(): void {
    const isDue = this.#state.now - this.#deferredSince >= connectionLimits.deferMs;
    if (isDue || this.#deferred.length >= connectionLimits.deferredEntriesMax) this.release();
  }

  /** Nothing waits any longer. */
  release(): void {
    if (this.#deferred.length === 0) return;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const { order, operations } of deferred) this.#state.emit({ kind: 'execute', order, operations });
  }

  /** Executes what waits, if no entry has come to do so. */
  tick(): void {
    if (this.#state.now >= (this.nextDeadline() ?? Infinity)) this.release();
  }

  nextDeadline(): Milliseconds | undefined {
    return this.#deferred.length > 0 ? this.#deferredSince + connectionLimits.deferMsMax : undefined;
  }
}
