import { invariant } from '../protocol/invariant.js';
import { frameLengthBytes, headerLengthBytes, writeUint32 } from './block.js';
import { wireLimits } from './limits.js';

/** What the field of a `oneof` has in front of its message at most: a tag of one byte, and a length. */
const oneofBytesMax = 1 + 5;

/** Room in front of the fields for what is known once they are written. */
const headroomBytes = frameLengthBytes + headerLengthBytes + oneofBytesMax;

/** Bytes of a tag and the largest integer behind it. */
const integerFieldBytesMax = 1 + 8;

/** The low seven bits, and more behind them. */
const continued = 0x80;

/** Up to here a number has no sign as 32 bits, so that it can be shifted. */
const largestShifted = 0x7fff_ffff;

/** Fewer bytes than these are copied sooner by a loop than by a call. */
const loopBytesMax = 64;

/** So many texts are remembered with their bytes. */
const textSlots = 32;

interface EncodedText {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes the headers of the messages that are hot: those that a request or its answer causes. Their fields are written by
 * hand, in the order of their numbers, as protobuf wants them; `hot-messages.spec.ts` holds them against the generated code.
 * One buffer serves all headers, one after the other: `start` begins the next, and it is copied where it belongs in the end.
 */
class FieldWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #position = headroomBytes;
  /** Most texts are the names of members and of client interceptors: the same few with every message. */
  readonly #texts: (EncodedText | undefined)[] = new Array<EncodedText | undefined>(textSlots).fill(undefined);

  /** Begins a header. */
  start(): void {
    this.#position = headroomBytes;
  }

  /** An integer from 0 to 2^53 - 1. As in all of protobuf 3, zero is not written. */
  integer(tag: number, value: number): void {
    if (value === 0) return;
    this.#reserve(integerFieldBytesMax);
    this.#bytes[this.#position++] = tag;
    this.#varint(value);
  }

  flag(tag: number, value: boolean): void {
    if (value) this.integer(tag, 1);
  }

  text(tag: number, value: string): void {
    if (value === '') return;
    const start = this.open(tag);
    this.#reserve(3 * value.length);
    const slot = slotOf(value);
    const known = this.#texts[slot];
    if (known?.text === value) this.#appendShort(known.bytes);
    else {
      const byteLength = this.#bytes.write(value, this.#position);
      this.#position += byteLength;
      // A copy, for the buffer is used again.
      if (byteLength <= loopBytesMax)
        this.#texts[slot] = { text: value, bytes: Uint8Array.prototype.slice.call(this.#bytes, start, this.#position) };
    }
    this.close(start);
  }

  /** Integers without tags, packed into one field. */
  integers(tag: number, values: readonly number[]): void {
    if (values.length === 0) return;
    const start = this.open(tag);
    this.#reserve(values.length * integerFieldBytesMax);
    for (let index = 0; index < values.length; index++) this.#varint(values[index]!);
    this.close(start);
  }

  /** Begins a field that has a length; whatever is written up to `close` is in it. */
  open(tag: number): number {
    this.#reserve(integerFieldBytesMax);
    this.#bytes[this.#position] = tag;
    // Nearly all of them are short: one byte of length.
    this.#position += 2;
    return this.#position;
  }

  /** @param start what `open` has returned */
  close(start: number): void {
    const byteLength = this.#position - start;
    if (byteLength <= 0x7f) {
      this.#bytes[start - 1] = byteLength;
      return;
    }
    this.#reserve(integerFieldBytesMax);
    const shift = varintBytes(byteLength) - 1;
    this.#bytes.copyWithin(start + shift, start, this.#position);
    this.#position = start - 1;
    this.#varint(byteLength);
    this.#position += byteLength;
  }

  /**
   * Ends the header of a frame.
   *
   * @param code the field number in the `oneof` of the link's frames
   * @param body buffers that make up the body; they are passed on, or copied if they are small
   * @returns the frame in pieces, for one gathering write
   */
  finishFrame(code: number, body: readonly Uint8Array[]): Uint8Array[] {
    const bodyBytes = byteLengthOf(body);
    const headerStart = this.#finishHeader(code);
    const start = headerStart - headerLengthBytes - frameLengthBytes;
    const frameBytes = this.#position - start - frameLengthBytes + bodyBytes;
    invariant(frameBytes <= wireLimits.frameBytesMax, 'a frame is cut to fit');
    writeUint32(this.#bytes, start, frameBytes);
    if (bodyBytes > wireLimits.joinBodyBytesMax) return [this.#copy(start, 0), ...body];
    const frame = this.#copy(start, bodyBytes);
    append(frame, this.#position - start, body);
    return [frame];
  }

  /**
   * Ends the header of an entry.
   *
   * @param code the field number in the `oneof` of the entries
   * @returns the entry, in one buffer of its own
   */
  finishEntry(code: number, body: readonly Uint8Array[]): Uint8Array {
    const start = this.#finishHeader(code) - headerLengthBytes;
    const entry = this.#copy(start, byteLengthOf(body));
    append(entry, this.#position - start, body);
    return entry;
  }

  /** Puts in front of the fields what belongs there: the field of the `oneof`, and the length of the header. */
  #finishHeader(code: number): number {
    const byteLength = this.#position - headroomBytes;
    const headerStart = headroomBytes - 1 - varintBytes(byteLength);
    const end = this.#position;
    invariant(end - headerStart <= wireLimits.headerBytesMax, 'a header is cut to fit');
    this.#position = headerStart;
    this.#bytes[this.#position++] = (code << 3) | 2;
    this.#varint(byteLength);
    this.#position = end;
    writeUint32(this.#bytes, headerStart - headerLengthBytes, end - headerStart);
    return headerStart;
  }

  /** A copy of what was written from `start` on, with room behind it. */
  #copy(start: number, roomBytes: number): Uint8Array {
    const byteLength = this.#position - start;
    const copy = Buffer.allocUnsafe(byteLength + roomBytes);
    if (byteLength > loopBytesMax) this.#bytes.copy(copy, 0, start, this.#position);
    else for (let index = 0; index < byteLength; index++) copy[index] = this.#bytes[start + index]!;
    return copy;
  }

  #appendShort(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) this.#bytes[this.#position++] = bytes[index]!;
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    while (rest > largestShifted) {
      bytes[this.#position++] = (rest % continued) | continued;
      rest = Math.floor(rest / continued);
    }
    while (rest >= continued) {
      bytes[this.#position++] = rest | continued;
      rest >>>= 7;
    }
    bytes[this.#position++] = rest;
  }

  #reserve(byteLength: number): void {
    if (this.#position + byteLength <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#position + byteLength));
    this.#bytes.copy(larger, 0, 0, this.#position);
    this.#bytes = larger;
  }
}

/** The one writer: encoding a message calls nothing that encodes another, and leaves nothing in it for the next. */
export const fieldWriter = new FieldWriter();

/** Names differ at their ends. */
function slotOf(text: string): number {
  const { length } = text;
  return (text.charCodeAt(0) + 3 * text.charCodeAt(length >> 1) + 5 * text.charCodeAt(length - 1) + length) % textSlots;
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= continued; rest >>>= 7) count++;
  return count;
}

function byteLengthOf(body: readonly Uint8Array[]): number {
  let byteLength = 0;
  for (let index = 0; index < body.length; index++) byteLength += body[index]!.length;
  return byteLength;
}

function append(target: Uint8Array, start: number, body: readonly Uint8Array[]): void {
  let position = start;
  for (let index = 0; index < body.length; index++) {
    target.set(body[index]!, position);
    position += body[index]!.length;
  }
}
