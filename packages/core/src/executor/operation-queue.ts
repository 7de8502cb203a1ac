import type { OrderNumber } from '@lockstep/contracts';
import type { ServiceOperation } from '../protocol/connections/replica-io.js';
import { Fifo } from '../protocol/fifo.js';

/**
 * The operations of entries in their order, first in, first out. It keeps the callers' arrays as they are, so nothing
 * is allocated for a single operation. It is bounded by the caller, who stops when too much is not yet executed.
 */
export class OperationQueue {
  readonly #orders = new Fifo<OrderNumber>();
  readonly #batches = new Fifo<readonly ServiceOperation[]>();
  /** The place of the next operation in the first batch. */
  #next = 0;
  #size = 0;

  /** Operations waiting. */
  get size(): number {
    return this.#size;
  }

  /** The next operation, or undefined when the queue is empty. */
  get first(): ServiceOperation | undefined {
    return this.#batches.first?.[this.#next];
  }

  /** The entry that the next operation belongs to, or undefined when the queue is empty. */
  get firstOrder(): OrderNumber | undefined {
    return this.#orders.first;
  }

  /** Appends an entry that has at least one operation. */
  push(order: OrderNumber, operations: readonly ServiceOperation[]): void {
    this.#orders.push(order);
    this.#batches.push(operations);
    this.#size += operations.length;
  }

  /** Takes the next operation away. */
  shift(): void {
    this.#size -= 1;
    this.#next += 1;
    if (this.#next < (this.#batches.first?.length ?? 0)) return;
    this.#next = 0;
    this.#orders.shift();
    this.#batches.shift();
  }

  clear(): void {
    this.#orders.clear();
    this.#batches.clear();
    this.#next = 0;
    this.#size = 0;
  }
}
