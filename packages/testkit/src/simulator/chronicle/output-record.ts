/** What one replica's service has put out on one connection, and what may have caused which part of it. */
export class OutputRecord {
  readonly key: string;
  text = '';
  end: 'end' | 'reset' | undefined;
  /** Where each piece that was read ends, the end of the output counted, and the last entry handed over before. */
  readonly #pieces: { readonly through: number; readonly cause: number }[] = [];

  constructor(key: string) {
    this.key = key;
  }

  append(text: string, cause: number): void {
    this.text += text;
    this.#pieces.push({ through: this.text.length, cause });
  }

  finish(end: 'end' | 'reset', cause: number): void {
    if (this.end !== undefined) return;
    this.end = end;
    this.#pieces.push({ through: this.text.length + 1, cause });
  }

  /** The cause of the piece that the unit before this position belongs to; Infinity if it was never put out. */
  causeOf(through: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#pieces[middle]!.through >= through) high = middle;
      else low = middle + 1;
    }
    return this.#pieces[low]?.cause ?? Infinity;
  }
}
