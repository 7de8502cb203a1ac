import type { OrderNumber } from '@lockstep/contracts';
import type { ServiceOperation } from '../protocol/connections/replica-io.js';

/** Slots that may lie used up at the front before the arrays are moved together. */
const usedSlotsMax = 1024;

/**
 * The operations of entries in their order, first in, first out. It keeps the callers' arrays as they are, so nothing
 * is allocated for a single operation. It is bounded by the caller, who stops when too much is not yet executed.
 */
export class OperationQueue {
  readonly #orders: OrderNumber[] = [];
  readonly #batches: (readonly ServiceOperation[])[] = [];
  /** The slot of the first entry that is not used up, and the place of the next operation in it. */
  #head = 0;
  #next = 0;
  #size = 0;

  /** Operations waiting. */
  get size(): number {
    return this.#size;
  }

  /** The next operation, or undefined when the queue is empty. */
  get first(): ServiceOperation | undefined {
    return this.#batches[this.#head]?.[this.#next];
  }

  /** The entry that the next operation belongs to, or undefined when the queue is empty. */
  get firstOrder(): OrderNumber | undefined {
    return this.#orders[this.#head];
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
    if (this.#next < (this.#batches[this.#head]?.length ?? 0)) return;
    this.#next = 0;
    this.#batches[this.#head] = [];
    this.#head += 1;
    if (this.#head === this.#batches.length || (this.#head >= usedSlotsMax && this.#head * 2 >= this.#batches.length)) {
      this.#orders.splice(0, this.#head);
      this.#batches.splice(0, this.#head);
      this.#head = 0;
    }
  }

  clear(): void {
    this.#orders.length = 0;
    this.#batches.length = 0;
    this.#head = 0;
    this.#next = 0;
    this.#size = 0;
  }
}
