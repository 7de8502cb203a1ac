import { Reader } from 'protobufjs/minimal.js';
import type { Block } from './block.js';

/** A generated message class, as far as decoding needs it. */
interface Decodable<Fields> {
  decode(reader: BlockReader, length: number): Fields;
}

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

  /** The next bytes of the body, as a part of the block's buffer. */
  take(byteLength: number): Uint8Array {
    const start = this.#bodyPosition;
    this.#bodyPosition += byteLength;
    if (this.#bodyPosition > this.#bodyEnd) throw new Malformed('the lengths add up to more than the body');
    return this.buf.subarray(start, this.#bodyPosition);
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
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 8; count++) {
      if (this.pos >= this.len) throw new Malformed('an integer is cut off');
      const byte = this.buf[this.pos++]!;
      value += (byte & 127) * factor;
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value as unknown as ReturnType<Reader['uint64']>;
      }
      factor *= 128;
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
