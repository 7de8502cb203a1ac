import { terminatorBytesMax } from '../rules.js';
import { ChunkText } from './chunk-text.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const noBytes = Buffer.alloc(0);
const capacityMin = 256;

/** Most lines end within so many bytes, and a loop finds that faster than a call out of JavaScript. */
const loopBytes = 48;

/** A buffer that one long line needed is not kept for the short ones after it. */
const idleCapacityMax = 4096;

/**
 * Finds where lines end, however the bytes are cut into chunks. It keeps the beginning of a line that goes on in the
 * next chunk, up to a maximum; nothing else is copied.
 */
export class LineCutter {
  readonly #terminator: Uint8Array | undefined;
  readonly #lastByte: number;
  readonly #textBytesMax: number;
  /** What earlier chunks brought of the current line: all of it, or its last bytes if it is too long to be kept. */
  #kept: Buffer = noBytes;
  #keptBytes = 0;
  /** Bytes of the current line in earlier chunks. */
  #earlierBytes = 0;
  /** Where the current line starts or goes on in the chunk. */
  #start = 0;
  #found = false;
  #lineBytes = 0;
  #terminatorBytes = 0;
  #chunk: Buffer = noBytes;
  readonly #chunkText = new ChunkText();

  /**
   * @param terminator what ends a line; undefined: \n, with or without \r before it
   * @param textBytesMax up to this length in bytes a line's text is known
   */
  constructor(terminator: Uint8Array | undefined, textBytesMax: number) {
    this.#terminator = terminator;
    this.#lastByte = terminator?.at(-1) ?? lineFeed;
    this.#textBytesMax = textBytesMax;
  }

  /** Bytes read of a line that is not complete, its terminator perhaps begun; 0 between lines. */
  get incompleteBytes(): number {
    return this.#found ? 0 : this.#earlierBytes;
  }

  /** The length of the line just found, in bytes without its terminator. */
  get lineBytes(): number {
    return this.#lineBytes;
  }

  /** How many bytes ended the line just found. */
  get terminatorBytes(): number {
    return this.#terminatorBytes;
  }

  /** Sets the chunk that the next calls are about. */
  open(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#chunkText.open(chunk);
  }

  /** Lets the chunk go: a connection may be idle for long, and must not keep a large buffer. */
  close(): void {
    this.open(noBytes);
  }

  /**
   * Looks for the end of the current line.
   *
   * @param from where the line starts or goes on in the chunk
   * @returns the offset one past its terminator; -1 if it goes on in the next chunk
   */
  find(from: number): number {
    if (this.#found) this.#startLine();
    this.#start = from;
    for (let at = from; ; at += 1) {
      at = indexOfByte(this.#chunk, this.#lastByte, at);
      if (at === -1) break;
      const terminatorBytes = this.#terminatorEndingAt(at);
      if (terminatorBytes === 0) continue;
      this.#found = true;
      this.#terminatorBytes = terminatorBytes;
      this.#lineBytes = this.#earlierBytes + at + 1 - from - terminatorBytes;
      return at + 1;
    }
    this.#keep(this.#chunk, from);
    return -1;
  }

  /** The text of the line just found, one character for each byte; undefined if it is longer than what is kept. */
  get text(): string | undefined {
    if (this.#lineBytes > this.#textBytesMax) return undefined;
    const bytesInChunk = this.#lineBytes - this.#earlierBytes;
    if (bytesInChunk <= 0) return this.#kept.toString('latin1', 0, this.#lineBytes);
    const rest = this.#chunkText.slice(this.#start, this.#start + bytesInChunk);
    return this.#earlierBytes === 0 ? rest : this.#kept.toString('latin1', 0, this.#keptBytes) + rest;
  }

  #startLine(): void {
    this.#found = false;
    this.#keptBytes = 0;
    this.#earlierBytes = 0;
    if (this.#kept.length > idleCapacityMax) this.#kept = noBytes;
  }

  /** How many bytes the terminator has whose last byte may be the one at `at`; 0 if there is none. */
  #terminatorEndingAt(at: number): number {
    if (this.#terminator === undefined) return this.#byteAt(at - 1) === carriageReturn ? 2 : 1;
    const { length } = this.#terminator;
    for (let back = 1; back < length; back += 1) {
      if (this.#byteAt(at - back) !== this.#terminator[length - 1 - back]) return 0;
    }
    return length;
  }

  /** A byte of the current line; undefined before its first. `index` is negative for what earlier chunks brought. */
  #byteAt(index: number): number | undefined {
    if (index >= this.#start) return this.#chunk[index];
    const keptIndex = this.#keptBytes + index - this.#start;
    return keptIndex < 0 ? undefined : this.#kept[keptIndex];
  }

  #keep(chunk: Buffer, from: number): void {
    const added = chunk.length - from;
    this.#earlierBytes += added;
    if (this.#earlierBytes > this.#textBytesMax + terminatorBytesMax) {
      // Too long to be known as a text: only its last bytes matter, among which its terminator may begin.
      const kept = this.#kept.subarray(Math.max(0, this.#keptBytes - terminatorBytesMax), this.#keptBytes);
      const last = Buffer.concat([kept, chunk.subarray(Math.max(from, chunk.length - terminatorBytesMax))]);
      this.#kept = last.subarray(-terminatorBytesMax);
      this.#keptBytes = this.#kept.length;
      return;
    }
    if (this.#keptBytes + added > this.#kept.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(capacityMin, 2 * (this.#keptBytes + added)));
      this.#kept.copy(larger, 0, 0, this.#keptBytes);
      this.#kept = larger;
    }
    chunk.copy(this.#kept, this.#keptBytes, from);
    this.#keptBytes += added;
  }
}

function indexOfByte(bytes: Buffer, byte: number, from: number): number {
  const loopEnd = Math.min(from + loopBytes, bytes.length);
  for (let index = from; index < loopEnd; index += 1) if (bytes[index] === byte) return index;
  return loopEnd === bytes.length ? -1 : bytes.indexOf(byte, loopEnd);
}
