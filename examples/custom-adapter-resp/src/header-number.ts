const minus = 0x2d;
const zero = 0x30;
const questionMark = 0x3f;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** Enough for every length that there is; more would be no exact number at some point. */
const digitsMax = 12;

/** The line goes on in the next chunk. */
export const unfinished = -1;
/** The line is no number. */
export const invalid = -2;

/** Reads the number that a header line ends with, as `3\r\n` in `$3\r\n`, however the line is cut into chunks. */
export class HeaderNumber {
  /** The number just read. `?`, which begins what is streamed, is Infinity. */
  value = 0;
  #digits = 0;
  #isNegative = false;
  #isEnding = false;

  /** Begins a new number. */
  start(): void {
    this.value = 0;
    this.#digits = 0;
    this.#isNegative = false;
    this.#isEnding = false;
  }

  /**
   * @param from where the line, or the rest of it, begins
   * @returns the offset one past the line; or `unfinished`, or `invalid`
   */
  read(chunk: Uint8Array, from: number): number {
    let at = from;
    let { value } = this;
    let digits = this.#digits;
    for (; at < chunk.length; at += 1) {
      const digit = chunk[at]! - zero;
      if (digit < 0 || digit > 9) break;
      // As Redis reads numbers: no zeros in front.
      if (digits === digitsMax || (digits > 0 && value === 0)) return invalid;
      value = value * 10 + digit;
      digits += 1;
    }
    if (this.#isEnding && at > from) return invalid;
    this.value = value;
    this.#digits = digits;
    return at === chunk.length ? unfinished : this.#readOther(chunk, at);
  }

  /** Reads what is no digit: what comes before them, or the end of the line. */
  #readOther(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!;
    if (this.#isEnding) return byte === lineFeed ? this.#finish(at + 1) : invalid;
    if (this.#digits > 0) {
      if (byte !== carriageReturn) return invalid;
      this.#isEnding = true;
    } else if (byte === minus && !this.#isNegative) {
      this.#isNegative = true;
    } else if (byte === questionMark && !this.#isNegative) {
      this.value = Infinity;
      this.#digits = digitsMax;
    } else {
      return invalid;
    }
    return this.read(chunk, at + 1);
  }

  #finish(end: number): number {
    if (this.#isNegative && this.value === 0) return invalid;
    if (this.#isNegative) this.value = -this.value;
    return end;
  }
}
