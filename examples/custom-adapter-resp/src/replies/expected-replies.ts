/** Slots that may lie used up at the front before the arrays are moved together. */
const usedSlotsMax = 256;

/** A reply that is more than one frame, or changes what may come without being asked for. */
export type SpecialReply =
  /** As many confirmations as channels; Infinity for all that there are. Or a single frame that is none. */
  | { readonly kind: 'confirmations'; readonly word: string; readonly count: number }
  | { readonly kind: 'hello'; readonly version: 2 | 3 }
  | { readonly kind: 'monitor' }
  | { readonly kind: 'reset' };

/**
 * Which replies are still to come, first in, first out. Plain ones in a row take one place, so that many short requests
 * take little room.
 */
export class ExpectedReplies {
  readonly #specials: (SpecialReply | undefined)[] = [];
  readonly #counts: number[] = [];
  #head = 0;
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** The next reply; undefined if it is a plain one. Only while there is one. */
  get first(): SpecialReply | undefined {
    return this.#specials[this.#head];
  }

  push(special: SpecialReply | undefined): void {
    const last = this.#counts.length - 1;
    if (special === undefined && last >= this.#head && this.#specials[last] === undefined) {
      this.#counts[last]! += 1;
    } else {
      this.#specials.push(special);
      this.#counts.push(1);
    }
    this.#total += 1;
  }

  shift(): void {
    this.#total -= 1;
    if ((this.#counts[this.#head]! -= 1) > 0) return;
    this.#head += 1;
    if (this.#head === this.#counts.length) {
      this.#specials.length = 0;
      this.#counts.length = 0;
      this.#head = 0;
    } else if (this.#head >= usedSlotsMax && this.#head * 2 >= this.#counts.length) {
      this.#specials.splice(0, this.#head);
      this.#counts.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
