/** Longer texts are not remembered. */
const bytesMax = 128;

/**
 * Remembers the text that was decoded last. Where the same one comes again and again it is the same string too, so that maps
 * which it is a key of need not compute its hash each time.
 */
export class LastText {
  readonly #bytes = new Uint8Array(bytesMax);
  #byteLength = -1;
  #text = '';

  get text(): string {
    return this.#text;
  }

  /** Whether this is the text whose bytes are from `start` to `end`. */
  isAt(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start !== this.#byteLength) return false;
    for (let index = 0; index < this.#byteLength; index++) {
      if (bytes[start + index] !== this.#bytes[index]) return false;
    }
    return true;
  }

  /** This text was decoded from these bytes. */
  note(text: string, bytes: Uint8Array, start: number, end: number): void {
    if (end - start > bytesMax) return;
    this.#byteLength = end - start;
    this.#text = text;
    for (let index = 0; index < this.#byteLength; index++) this.#bytes[index] = bytes[start + index]!;
  }
}
