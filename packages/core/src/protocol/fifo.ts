/** A queue that is taken from at its front in constant time, and that can be looked into. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  /** The item that `index` others are in front of. */
  at(index: number): Item | undefined {
    return this.#items[this.#head + index];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    // The slot is cleared, so that what was taken can be freed before the slots are.
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head >= 64 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Puts another item in the place of the first one; there must be one. */
  replaceFirst(item: Item): void {
    this.#items[this.#head] = item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  toArray(): Item[] {
    return this.#items.slice(this.#head) as Item[];
  }
}
