/** Characters of a line that are kept together; a longer line is told in pieces. */
const lineLengthMax = 4096;

/** Cuts the text that a process writes into lines, however it arrives. Holds at most one line. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#tell(line.replace(/\r$/, ''));
    if (this.#rest.length > lineLengthMax) this.end();
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
