/** The longest request line, in bytes, without its terminator. */
export const LINE_BYTES_MAX = 1024;

/** Thrown by `next` when a line is longer than allowed. Nothing after it can be read: where it ends is not known. */
export class LineTooLongError extends Error {
  constructor(bytesMax) {
    super(`line longer than ${bytesMax} bytes`);
    this.name = 'LineTooLongError';
  }
}

/**
 * Cuts a byte stream into lines that end in \n or \r\n, wherever the reads cut it.
 * Text is latin1, one character for each byte, so that no byte is changed on its way through.
 */
export class LineReader {
  #text = '';
  #start = 0;
  #bytesMax;

  constructor(bytesMax = LINE_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** @param {string} text what one read brought, as latin1 */
  push(text) {
    this.#text = this.#start === this.#text.length ? text : this.#text.slice(this.#start) + text;
    this.#start = 0;
  }

  /**
   * @returns {string | undefined} the next line without its terminator, or undefined when no whole line is left
   * @throws {LineTooLongError}
   */
  next() {
    const end = this.#text.indexOf('\n', this.#start);
    if (end === -1) {
      // One byte more than the maximum may be the \r of a line that is exactly as long as allowed.
      if (this.#text.length - this.#start > this.#bytesMax + 1) throw new LineTooLongError(this.#bytesMax);
      return undefined;
    }
    const cut = end > this.#start && this.#text[end - 1] === '\r' ? end - 1 : end;
    if (cut - this.#start > this.#bytesMax) throw new LineTooLongError(this.#bytesMax);
    const line = this.#text.slice(this.#start, cut);
    this.#start = end + 1;
    return line;
  }
}
