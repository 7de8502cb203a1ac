/** So many slots a queue has at first; always a power of two. */
const slotsMin = 4;

/** So many are not given back. */
const slotsKept = 64;

/**
 * A queue that is taken from at its front in constant time, and that can be looked into. Its slots are used in turns, so one
 * that does not grow allocates nothing.
 *
 * Slots that it has outgrown are cleared. A plain array that grows leaves its old slots behind as they were; if they have been
 * there for long, they are among V8's old objects, where all that they refer to, and the buffers that it lies in, stay with them
 * until the next full collection.
 */
export class Fifo<Item> {
  #slots: (Item | undefined)[] = [];
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): Item | undefined {
    return this.#slots[this.#head];
  }

  /** The item that `index` others are in front of. */
  at(index: number): Item | undefined {
    return index < this.#length ? this.#slots[this.#slotOf(index)] : undefined;
  }

  push(item: Item): void {
    if (this.#length === this.#slots.length) this.#resize(Math.max(slotsMin, 2 * this.#length));
    this.#slots[this.#slotOf(this.#length++)] = item;
  }

  shift(): Item | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    // The slot is cleared, so that what was taken can be freed.
    this.#slots[this.#head] = undefined;
    this.#head = this.#slotOf(1);
    this.#length--;
    // What was needed once is given back when a quarter of it does.
    if (this.#slots.length > slotsKept && this.#length * 4 <= this.#slots.length) this.#resize(this.#slots.length / 2);
    return item;
  }

  /** Puts another item in the place of the first one; there must be one. */
  replaceFirst(item: Item): void {
    this.#slots[this.#head] = item;
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#slots = [];
    this.#head = 0;
    this.#length = 0;
  }

  toArray(): Item[] {
    return Array.from({ length: this.#length }, (_, index) => this.#slots[this.#slotOf(index)] as Item);
  }

  #slotOf(index: number): number {
    return (this.#head + index) & (this.#slots.length - 1);
  }

  #resize(slotCount: number): void {
    const slots = new Array<Item | undefined>(slotCount).fill(undefined);
    for (let index = 0; index < this.#length; index++) slots[index] = this.#slots[this.#slotOf(index)];
    this.#slots.fill(undefined);
    this.#slots = slots;
    this.#head = 0;
  }
}
