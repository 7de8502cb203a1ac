/**
 * Holds one item in a gathering: in one at a time, the last one that it was added to. Items that can be in several have a slot
 * for each.
 */
export class Slot<Item> {
  readonly item: Item;
  /** Set by the gathering. */
  holder: Gathering<Item> | undefined;

  constructor(item: Item) {
    this.item = item;
  }
}

/**
 * What is noted during a turn, each item once, and taken at its end, in the order of noting.
 *
 * A `Set` would do the same, at a price that only shows after minutes: clearing one makes a new table, which the old one refers
 * to. Once V8 has moved one of them among its old objects, it moves every table after it there too, and memory grows until the
 * next full collection.
 */
export class Gathering<Item> {
  #slots: Slot<Item>[] = [];
  #size = 0;

  /** Items in it, or added to another one since. */
  get size(): number {
    return this.#size;
  }

  add(slot: Slot<Item>): void {
    if (slot.holder === this) return;
    slot.holder = this;
    this.#slots.push(slot);
    this.#size++;
  }

  /** For an item that is over: it is not to be added again before the next `take`. */
  delete(slot: Slot<Item>): void {
    if (slot.holder !== this) return;
    slot.holder = undefined;
    this.#size--;
  }

  /** Takes out everything. */
  take(): Item[] {
    const slots = this.#slots;
    if (slots.length === 0) return [];
    this.#slots = [];
    this.#size = 0;
    const items: Item[] = [];
    for (const slot of slots) {
      if (slot.holder !== this) continue;
      slot.holder = undefined;
      items.push(slot.item);
    }
    return items;
  }
}
