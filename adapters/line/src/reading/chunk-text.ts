/** So much is decoded at a time: many short lines need one decoding, and a long body after a line is not decoded. */
const windowBytes = 4096;

/** The text of parts of a chunk, one character for each byte. */
export class ChunkText {
  #chunk: Buffer = Buffer.alloc(0);
  #window = '';
  #start = 0;
  #end = 0;

  /** Sets the chunk to be read from now on. */
  open(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#window = '';
    this.#end = 0;
  }

  slice(start: number, end: number): string {
    if (start < this.#start || end > this.#end) {
      this.#start = start;
      this.#end = Math.min(this.#chunk.length, Math.max(end, start + windowBytes));
      this.#window = this.#chunk.toString('latin1', this.#start, this.#end);
    }
    return this.#window.slice(start - this.#start, end - this.#start);
  }
}
