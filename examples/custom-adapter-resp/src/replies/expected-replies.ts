/** A reply that is more than one frame, or changes what may come without being asked for. */
export type SpecialReply =
  /** As many confirmations as channels; Infinity for all that there are. Or a single frame that is none. */
  | { readonly kind: 'confirmations'; readonly word: string; readonly count: number }
  | { readonly kind: 'hello'; readonly version: 2 | 3 }
  | { readonly kind: 'monitor' }
  | { readonly kind: 'reset' };

/** A special reply that is to come, and how many plain ones come before the next special one. */
interface Expected {
  readonly special: SpecialReply;
  plainAfter: number;
}

/** Slots that may lie used up at the front before the array is moved together. */
const usedSlotsMax = 256;

/** Which replies are still to come, first in, first out. Plain ones, nearly all, are only counted. */
export class ExpectedReplies {
  readonly #specials: Expected[] = [];
  #head = 0;
  /** Plain replies before the first special one. */
  #plain = 0;
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** The next reply; undefined if it is a plain one, or there is none. */
  get first(): SpecialReply | undefined {
    return this.#plain > 0 ? undefined : this.#specials[this.#head]?.special;
  }

  push(special: SpecialReply | undefined): void {
    this.#total += 1;
    if (special !== undefined) this.#specials.push({ special, plainAfter: 0 });
    else if (this.#head === this.#specials.length) this.#plain += 1;
    else this.#specials.at(-1)!.plainAfter += 1;
  }

  /** Only while there is one. */
  shift(): void {
    this.#total -= 1;
    if (this.#plain > 0) {
      this.#plain -= 1;
      return;
    }
    this.#plain = this.#specials[this.#head]!.plainAfter;
    this.#head += 1;
    if (
      this.#head === this.#specials.length ||
      (this.#head >= usedSlotsMax && this.#head * 2 >= this.#specials.length)
    ) {
      this.#specials.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
