import { StringDecoder } from 'node:string_decoder';

/** Characters of a line that are kept together; a longer line is told in pieces. */
const lineLengthMax = 4096;

/** Cuts what a program writes into lines of text, however it arrives. Holds at most one line. */
export class LineLog {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(payload: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(Buffer.from(payload))).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#tell(line);
    while (this.#rest.length > lineLengthMax) {
      this.#tell(this.#rest.slice(0, lineLengthMax));
      this.#rest = this.#rest.slice(lineLengthMax);
    }
  }

  /** Nothing follows: tells the last line, which had no end. */
  end(): void {
    if (this.#rest !== '') this.#tell(this.#rest);
    this.#rest = '';
  }

  #tell(line: string): void {
    for (let start = 0; start === 0 || start < line.length; start += lineLengthMax) {
      this.#onLine(line.slice(start, start + lineLengthMax));
    }
  }
}
