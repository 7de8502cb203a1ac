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
    for (; !this.#isEnding && at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      const digit = byte - zero;
      if (digit >= 0 && digit <= 9) {
        // As Redis reads numbers: no zeros in front.
        if (this.#digits === digitsMax || (this.#digits > 0 && this.value === 0)) return invalid;
        this.value = this.value * 10 + digit;
        this.#digits += 1;
      } else if (byte === carriageReturn && this.#digits > 0) {
        this.#isEnding = true;
      } else if (this.#digits > 0 || this.#isNegative) {
        return invalid;
      } else if (byte === minus) {
        this.#isNegative = true;
      } else if (byte === questionMark) {
        this.value = Infinity;
        this.#digits = digitsMax;
      } else {
        return invalid;
      }
    }
    if (at === chunk.length) return unfinished;
    if (chunk[at] !== lineFeed || (this.#isNegative && this.value === 0)) return invalid;
    if (this.#isNegative) this.value = -this.value;
    return at + 1;
  }
}
