/**
 * The only source of chance in a simulated world: sfc32, small and fast, with a stream of its own for each purpose, so
 * that one more draw in one place does not change what happens in all others.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param seed any integer
   * @param stream what the numbers are for; the same seed and stream give the same numbers
   */
  constructor(seed: number, stream: string) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#c = hashOf(stream);
    // The first numbers of similar seeds resemble each other; these are thrown away.
    for (let round = 0; round < 15; round++) this.#word();
  }

  /** A generator for another purpose; its numbers depend on what was drawn here before. */
  fork(stream: string): Random {
    return new Random(this.#word() * 0x10_0000 + (this.#word() & 0xf_ffff), stream);
  }

  /** In [0, 1). */
  fraction(): number {
    return this.#word() / 0x1_0000_0000;
  }

  /** A real number in [low, high). */
  real(low: number, high: number): number {
    return low + this.fraction() * (high - low);
  }

  /** Milliseconds in [low, high), in whole microseconds. */
  delayMs(low: number, high: number): number {
    return Math.floor(this.real(low, high) * 1000) / 1000;
  }

  /** An integer from `low` to `high`, both inclusive. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of the items; there must be at least one. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)]!;
  }

  /** One of the items, each as likely as its weight says. */
  pickWeighted<Item>(items: readonly (readonly [Item, number])[]): Item {
    let left = this.fraction() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items.at(-1)![0];
  }

  /** A new array with the items in any order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const result = [...items];
    for (let index = result.length - 1; index > 0; index--) {
      const other = this.integer(0, index);
      [result[index], result[other]] = [result[other]!, result[index]!];
    }
    return result;
  }

  #word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
