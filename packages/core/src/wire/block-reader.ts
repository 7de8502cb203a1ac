import { Reader } from 'protobufjs/minimal.js';
import type { Block } from './block.js';
import { RecentTexts } from './recent-texts.js';

/** A generated message class, as far as decoding needs it. */
interface Decodable<Fields> {
  decode(reader: BlockReader, length: number): Fields;
}

/** Set in each byte of an integer but the last. */
const continued = 0x80;

/** Bytes of the largest integer. */
const integerBytesMax = 8;

/** Field numbers begin from one. */
const smallestTag = 1 << 3;

/** Most texts are names: of a member with each run of its entries, of a client interceptor with each of its batches. */
const recentTexts = new RecentTexts();

/** What another program sent is not what it should be. Stays inside the codecs: whoever called them gets undefined. */
export class Malformed extends Error {}

/** Reads a block: first the header, which says how long the parts of the body are, then the body, in order. */
export class BlockReader extends Reader {
  /** The wire code of the header: the field number in its `oneof`. */
  readonly code: number;
  #bodyPosition: number;
  readonly #bodyEnd: number;

  /** @throws Malformed if the header is not one message of a `oneof` and nothing else */
  constructor(block: Block) {
    super(block.bytes);
    this.pos = block.headerStart;
    this.len = block.bodyStart;
    this.#bodyPosition = block.bodyStart;
    this.#bodyEnd = block.end;
    const tag = this.tag();
    if ((tag & 7) !== 2 || this.size() !== this.len - this.pos) throw new Malformed('the header is not one message');
    this.code = tag >>> 3;
  }

  /** Decodes the header's message, whose class the caller has found by its code. */
  header<Fields>(type: Decodable<Fields>): Fields {
    return type.decode(this, this.len - this.pos);
  }

  /** Where the header's message ends, for those who read its fields one by one, up to there. */
  get headerEnd(): number {
    return this.len;
  }

  /** The tag of the next field, which begins before `end`. */
  tagBefore(end: number): number {
    const tag = this.integerBefore(end);
    if (tag < smallestTag) throw new Malformed('a field without a number');
    return tag;
  }

  /** An integer, all of it before `end`. */
  integerBefore(end: number): number {
    const first = this.pos < end ? this.buf[this.pos]! : continued;
    if (first < continued) {
      this.pos++;
      return first;
    }
    return this.#longInteger(end);
  }

  /** Where a field with a length, such as a message inside a message, ends. */
  fieldEndBefore(end: number): number {
    const byteLength = this.integerBefore(end);
    const fieldEnd = this.pos + byteLength;
    if (fieldEnd > end) throw new Malformed('a field is cut off');
    return fieldEnd;
  }

  /** A text, all of it before `end`. */
  textBefore(end: number): string {
    const start = this.pos;
    const fieldEnd = this.fieldEndBefore(end);
    const textStart = this.pos;
    const recent = recentTexts.find(this.buf, textStart, fieldEnd);
    if (recent !== undefined) {
      this.pos = fieldEnd;
      return recent;
    }
    this.pos = start;
    const text = this.string();
    if (this.pos !== fieldEnd) throw new Malformed('a text of no good length');
    recentTexts.note(text, this.buf, textStart, fieldEnd);
    return text;
  }

  /** Skips a field that is not known, behind its tag. */
  skipFieldBefore(end: number, tag: number): void {
    this.skipType(tag & 7, undefined, tag >>> 3);
    if (this.pos > end) throw new Malformed('a field is cut off');
  }

  /** Skips the fields of a message none of whose fields is known. */
  skipHeader(): void {
    while (this.pos < this.len) this.skipFieldBefore(this.len, this.tagBefore(this.len));
  }

  /** The next bytes of the body, as a part of the block's buffer. */
  take(byteLength: number): Uint8Array {
    const start = this.#bodyPosition;
    this.#bodyPosition += byteLength;
    if (this.#bodyPosition > this.#bodyEnd) throw new Malformed('the lengths add up to more than the body');
    // Not `subarray`, which asks a `Buffer` for its class, and is slower by far.
    return new Uint8Array(this.buf.buffer, this.buf.byteOffset + start, byteLength);
  }

  /** All that is left of the body. */
  takeRest(): Uint8Array {
    return this.take(this.#bodyEnd - this.#bodyPosition);
  }

  /** Checks that the lengths in the header add up to the body. */
  expectEnd(): void {
    if (this.#bodyPosition !== this.#bodyEnd) throw new Malformed('the lengths add up to less than the body');
  }

  /**
   * A plain number. protobufjs makes objects of two halves here wherever the package `long` is installed, which is one
   * of its own dependencies; the generated code takes either.
   */
  override uint64(): ReturnType<Reader['uint64']> {
    return this.integerBefore(this.len) as unknown as ReturnType<Reader['uint64']>;
  }

  #longInteger(end: number): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < integerBytesMax; count++) {
      if (this.pos >= end) throw new Malformed('an integer is cut off');
      const byte = this.buf[this.pos++]!;
      value += (byte & (continued - 1)) * factor;
      if (byte < continued) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      factor *= continued;
    }
    throw new Malformed('an integer is larger than 2^53 - 1');
  }
}

/** Runs a decoder; whatever is wrong with the bytes, the answer is undefined. */
export function decodeStrictly<Message>(
  block: Block,
  decode: (reader: BlockReader) => Message | undefined,
): Message | undefined {
  try {
    const reader = new BlockReader(block);
    const message = decode(reader);
    reader.expectEnd();
    return message;
  } catch {
    return undefined;
  }
}
