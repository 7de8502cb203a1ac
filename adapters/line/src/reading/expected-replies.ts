import type { ReplyRule } from '../rules.js';

/** Slots that may lie used up at the front before the arrays are moved together. */
const usedSlotsMax = 256;

/**
 * Which kinds of replies are still to come, first in, first out. Replies of one kind in a row take one place, so that
 * many short requests take little room.
 */
export class ExpectedReplies {
  readonly #rules: (ReplyRule | undefined)[] = [];
  readonly #counts: number[] = [];
  #head = 0;
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** The kind of the next reply; undefined for one line. Only while there is one. */
  get first(): ReplyRule | undefined {
    return this.#rules[this.#head];
  }

  push(rule: ReplyRule | undefined): void {
    const last = this.#counts.length - 1;
    if (last >= this.#head && this.#rules[last] === rule) {
      this.#counts[last] = (this.#counts[last] ?? 0) + 1;
    } else {
      this.#rules.push(rule);
      this.#counts.push(1);
    }
    this.#total += 1;
  }

  shift(): void {
    this.#total -= 1;
    const count = (this.#counts[this.#head] ?? 0) - 1;
    this.#counts[this.#head] = count;
    if (count > 0) return;
    this.#head += 1;
    if (this.#head === this.#counts.length || (this.#head >= usedSlotsMax && this.#head * 2 >= this.#counts.length)) {
      this.#rules.splice(0, this.#head);
      this.#counts.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
