import { HeaderNumber, invalid, unfinished } from '../header-number.js';
import { latin1 } from '../latin1.js';
import { depthMax, Nesting } from './nesting.js';

const lineFeed = 0x0a;
const lineEndBytes = 2;
const colon = 0x3a;
/** Nothing that tells anything is longer. */
const wordBytesMax = 16;
/** A line that is longer than this is searched by native code. */
const loopBytes = 64;

/** What the byte that begins a frame says of the rest. */
const line = 1;
const streamEnd = 2;
const bulk = 3;
const chunkOfBulk = 4;
const array = 5;
const map = 6;
const attribute = 7;
const push = 8;

const shapes = new Uint8Array(256);
for (const [marks, shape] of [
  ['+-:_#,(', line],
  ['.', streamEnd],
  ['$=!', bulk],
  [';', chunkOfBulk],
  ['*~', array],
  ['%', map],
  ['|', attribute],
  ['>', push],
] as const) {
  for (const mark of marks) shapes[mark.charCodeAt(0)] = shape;
}

/** What comes next. */
const atMark = 0;
const atLine = 1;
const atNumber = 2;
const atBody = 3;

/**
 * Finds where the frames of RESP2 and RESP3 end, whatever they are made of, in chunks cut anywhere. Bodies are skipped
 * by their length.
 */
export class FrameReader {
  /** Whether the words of outermost lines are wanted too. */
  wantsLines = false;
  /** The byte that began the outermost frame that ended last. */
  type = 0;
  /** How the first element of an outermost aggregate begins, or an outermost line, one character for each byte. */
  word = '';
  /** The third element of an outermost aggregate, if that is an integer. */
  integer = 0;
  readonly #nesting = new Nesting();
  readonly #number = new HeaderNumber();
  #state = atMark;
  #mark = 0;
  #shape = 0;
  #bodyBytes = 0;
  /** Which element of the outermost aggregate is next. */
  #index = 0;
  #isWanted = false;
  #text = '';
  #isDone = false;
  #isLost = false;

  /**
   * Reads on to the end of the outermost frame.
   *
   * @returns the offset one past it; or `unfinished`, which it is forever once what came was no RESP
   */
  next(chunk: Uint8Array, from: number): number {
    for (let offset = from; offset < chunk.length && !this.#isLost;) {
      const end = this.#readPart(chunk, offset);
      if (end === unfinished) return end;
      offset = end;
      if (!this.#isDone) continue;
      this.#isDone = false;
      return offset;
    }
    return unfinished;
  }

  #readPart(chunk: Uint8Array, offset: number): number {
    switch (this.#state) {
      case atMark:
        this.#begin(chunk[offset]!);
        return offset + 1;
      case atLine:
        return this.#readLine(chunk, offset);
      case atNumber:
        return this.#readNumber(chunk, offset);
      default:
        return this.#readBody(chunk, offset);
    }
  }

  #begin(mark: number): void {
    const shape = shapes[mark]!;
    const { depth } = this.#nesting;
    this.#mark = mark;
    this.#shape = shape;
    this.#isWanted = false;
    if (depth === 0) {
      if (shape !== attribute) this.#beginOutermost(mark);
      this.#isWanted = shape === line && this.wantsLines;
    } else if (depth === 1) {
      this.#isWanted = this.#index === 0 || (this.#index === 2 && mark === colon);
      this.#index += 1;
    }
    if (shape === line || shape === streamEnd) {
      this.#state = atLine;
    } else if (shape === 0) {
      this.#isLost = true;
    } else {
      this.#number.start();
      this.#state = atNumber;
    }
  }

  #beginOutermost(mark: number): void {
    this.type = mark;
    this.word = '';
    this.integer = 0;
    this.#index = 0;
  }

  #readLine(chunk: Uint8Array, offset: number): number {
    const lineEnd = indexOfLineFeed(chunk, offset);
    const end = lineEnd === -1 ? chunk.length : lineEnd;
    if (this.#isWanted) this.#note(chunk, offset, end);
    if (lineEnd === -1) return unfinished;
    if (this.#shape === streamEnd) this.#closeStream();
    else this.#complete();
    return lineEnd + 1;
  }

  #readNumber(chunk: Uint8Array, offset: number): number {
    const end = this.#number.read(chunk, offset);
    if (end === unfinished) return end;
    if (end === invalid) this.#isLost = true;
    else if (this.#shape === bulk || this.#shape === chunkOfBulk) this.#beginBody(this.#number.value);
    else this.#open(this.#number.value);
    return end;
  }

  #beginBody(bytes: number): void {
    if (bytes === Infinity) {
      this.#open(bytes);
    } else if (bytes < 0) {
      this.#complete();
    } else if (this.#shape === chunkOfBulk && bytes === 0) {
      this.#closeStream();
    } else {
      this.#bodyBytes = bytes + lineEndBytes;
      this.#state = atBody;
    }
  }

  #open(count: number): void {
    const isExtra = this.#shape === attribute || (this.#shape === push && this.#nesting.depth > 0);
    const elements = this.#shape === map || this.#shape === attribute ? 2 * count : count;
    this.#state = atMark;
    if (elements > 0) {
      this.#nesting.open(elements, isExtra);
      this.#isLost = this.#nesting.depth > depthMax;
    } else if (!isExtra) {
      this.#complete();
    }
  }

  #readBody(chunk: Uint8Array, offset: number): number {
    const end = offset + this.#bodyBytes;
    if (this.#isWanted) this.#note(chunk, offset, Math.min(end - lineEndBytes, chunk.length));
    if (end > chunk.length) {
      this.#bodyBytes = end - chunk.length;
      return unfinished;
    }
    this.#complete();
    return end;
  }

  #closeStream(): void {
    if (this.#nesting.close()) this.#complete();
    else this.#isLost = true;
  }

  /** Keeps the beginning of what is wanted. */
  #note(chunk: Uint8Array, from: number, to: number): void {
    const end = Math.min(to, from + wordBytesMax - this.#text.length);
    if (end > from) this.#text += latin1(chunk, from, end);
  }

  /** An element is complete, or all there is. */
  #complete(): void {
    this.#state = atMark;
    if (this.#isWanted) {
      if (this.#mark === colon && this.#nesting.depth > 0) this.integer = Number(this.#text);
      else this.word = this.#text;
      this.#text = '';
      this.#isWanted = false;
    }
    this.#isDone = this.#nesting.complete();
  }
}

function indexOfLineFeed(chunk: Uint8Array, from: number): number {
  const loopEnd = Math.min(from + loopBytes, chunk.length);
  for (let at = from; at < loopEnd; at += 1) if (chunk[at] === lineFeed) return at;
  return loopEnd === chunk.length ? -1 : chunk.indexOf(lineFeed, loopEnd);
}
