import { unfinished } from '../header-number.js';
import type { ExpectedReplies, SpecialReply } from './expected-replies.js';
import { FrameReader } from './frame-reader.js';
import { Subscriptions } from './subscriptions.js';

const array = 0x2a;
const map = 0x25;
const push = 0x3e;
const plus = 0x2b;

/** Finds where replies end, among what Redis sends without being asked: messages, pushes, the lines of MONITOR. */
export class ReplyReader {
  readonly #expected: ExpectedReplies;
  readonly #frames = new FrameReader();
  readonly #subscriptions = new Subscriptions();
  #protocol: 2 | 3 = 2;
  /** Confirmations that have come of those that the next reply is made of. */
  #confirmations = 0;

  /**
   * @param expected where the requests have noted which replies are to come
   */
  constructor(expected: ExpectedReplies) {
    this.#expected = expected;
  }

  read(chunk: Uint8Array): number[] {
    const ends: number[] = [];
    for (let offset = 0; offset < chunk.length;) {
      offset = this.#frames.next(chunk, offset);
      if (offset === unfinished) break;
      if (!this.#endsReply()) continue;
      this.#expected.shift();
      ends.push(offset);
    }
    return ends;
  }

  /** Whether the frame just read is the next reply, or the last of it. */
  #endsReply(): boolean {
    const { type, word } = this.#frames;
    const isAsked = this.#expected.total > 0;
    const special = isAsked ? this.#expected.first : undefined;
    if (type === push) return this.#subscriptions.note(word, this.#frames.integer) && this.#endsConfirmations(special);
    if (type === array && this.#protocol === 2) {
      if (this.#subscriptions.isMessage(word)) return false;
      // As the element of any other reply the same word means nothing.
      const mayConfirm = this.#subscriptions.total > 0 || special?.kind === 'confirmations' || !isAsked;
      if (mayConfirm && this.#subscriptions.note(word, this.#frames.integer)) return this.#endsConfirmations(special);
    }
    if (type === plus && this.#frames.wantsLines && /^\d/.test(word)) return false;
    if (special !== undefined) this.#apply(special, type);
    return isAsked;
  }

  #endsConfirmations(special: SpecialReply | undefined): boolean {
    if (special?.kind !== 'confirmations' || special.word !== this.#frames.word) return false;
    this.#confirmations += 1;
    const isLast =
      special.count === Infinity
        ? this.#subscriptions.countOf(special.word) === 0
        : this.#confirmations >= special.count;
    if (isLast) this.#confirmations = 0;
    return isLast;
  }

  /** Does what the reply means for what comes after it. */
  #apply(special: SpecialReply, type: number): void {
    switch (special.kind) {
      case 'confirmations':
        // An error instead.
        this.#confirmations = 0;
        break;
      case 'hello':
        if (type === array || type === map) this.#protocol = special.version;
        break;
      case 'monitor':
        if (type === plus) this.#frames.wantsLines = true;
        break;
      case 'reset':
        if (type !== plus) break;
        this.#protocol = 2;
        this.#frames.wantsLines = false;
        this.#subscriptions.clear();
    }
  }
}
