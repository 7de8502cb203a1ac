import type { LineRules } from '../rules.js';
import { capturedLength } from './captured-length.js';
import type { ExpectedReplies } from './expected-replies.js';
import { LineCutter } from './line-cutter.js';

/** Finds where replies end. Lines that nobody asked for are passed over. */
export class ReplyReader {
  readonly #bodyTerminatorBytes: number | undefined;
  readonly #expected: ExpectedReplies;
  readonly #lines: LineCutter;
  /** What is still to come of a body and its terminator, in bytes. */
  #bodyBytes = 0;
  /** Whether the reply ends with the current line and its body. */
  #isLast = true;

  constructor(rules: LineRules, expected: ExpectedReplies) {
    this.#bodyTerminatorBytes = rules.bodyTerminatorBytes;
    this.#expected = expected;
    this.#lines = new LineCutter(rules.terminator, rules.lineBytesMax);
  }

  read(chunk: Buffer): number[] {
    this.#lines.open(chunk);
    const ends = this.#read(chunk);
    this.#lines.close();
    return ends;
  }

  #read(chunk: Buffer): number[] {
    const ends: number[] = [];
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#bodyBytes > 0) {
        const read = Math.min(this.#bodyBytes, chunk.length - offset);
        this.#bodyBytes -= read;
        offset += read;
      } else {
        const end = this.#lines.find(offset);
        if (end === -1) break;
        offset = end;
        this.#judge();
      }
      if (this.#bodyBytes > 0 || !this.#isLast || this.#expected.total === 0) continue;
      this.#expected.shift();
      ends.push(offset);
    }
    return ends;
  }

  /** Finds out what follows the line just found. A line that is too long to be known matches nothing. */
  #judge(): void {
    this.#isLast = true;
    const rule = this.#expected.total === 0 ? undefined : this.#expected.first;
    if (rule === undefined) return;
    const line = this.#lines.text;
    if (rule.until !== undefined) this.#isLast = line !== undefined && rule.until.test(line);
    const match = line === undefined ? undefined : rule.body?.line.exec(line);
    if (!match || rule.body === undefined) return;
    const length = capturedLength(match, rule.body.length);
    if (length === undefined || !Number.isSafeInteger(length)) return;
    this.#bodyBytes = length + (this.#bodyTerminatorBytes ?? this.#lines.terminatorBytes);
  }
}
