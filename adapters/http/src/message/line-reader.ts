import { MessageRefused, type RefusalStatus } from './refusal.js';

/** A chunk of bytes, and how far it is read. */
export interface Cursor {
  readonly chunk: Buffer;
  offset: number;
}

/** What may be read in lines, and how it is refused when it is more. */
export interface LineBudget {
  readonly bytesMax: number;
  readonly status: RefusalStatus;
  readonly reason: string;
}

const lineFeed = 0x0a;

/**
 * Cuts lines out of chunks. A line ends in CR LF and has neither in it. The same lines, and the same refusals, come out
 * however the bytes are cut into chunks.
 */
export class LineReader {
  #partial = '';
  #budget: LineBudget | undefined;
  /** Bytes of the present budget that are used up. */
  #bytes = 0;

  /** Whether a part of a line has been read. */
  get isAmidLine(): boolean {
    return this.#partial !== '';
  }

  /** Bytes read since the last budget was set. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Sets what the lines from here on may come to, together. */
  begin(budget: LineBudget): void {
    this.#budget = budget;
    this.#bytes = 0;
  }

  /**
   * @returns the next line without its CR LF, one character for each byte; undefined if the chunk ends before it does
   * @throws MessageRefused if it is too long, or has a CR or LF of its own
   */
  read(cursor: Cursor): string | undefined {
    const { chunk, offset } = cursor;
    const found = chunk.indexOf(lineFeed, offset);
    const end = found < 0 ? chunk.length : found + 1;
    this.#bytes += end - offset;
    if (this.#budget !== undefined && this.#bytes > this.#budget.bytesMax) {
      throw new MessageRefused(this.#budget.status, this.#budget.reason);
    }
    cursor.offset = end;
    const line = this.#partial + chunk.toString('latin1', offset, end);
    if (found < 0) {
      this.#partial = line;
      return undefined;
    }
    this.#partial = '';
    if (!line.endsWith('\r\n')) throw new MessageRefused(400, 'a line ends in LF without CR');
    if (line.indexOf('\r') < line.length - 2) throw new MessageRefused(400, 'there is a CR within a line');
    return line.slice(0, -2);
  }
}
