import { BufferWriter } from 'protobufjs/minimal.js';
import { invariant } from '../protocol/invariant.js';
import { frameLengthBytes, headerLengthBytes, writeUint32 } from './block.js';
import { wireLimits } from './limits.js';

/** A generated message class, as far as encoding needs it. */
interface Encodable<Fields> {
  encode(fields: Fields, writer: BlockWriter): unknown;
}

/** Most headers, with a small body behind them, fit into this, so that the buffer need not grow. */
const initialBytes = 512;

/** Writes blocks: the protobuf header, in front of it the lengths, which are known only afterwards. */
export class BlockWriter extends BufferWriter {
  static override alloc(byteLength: number): Uint8Array {
    return Buffer.allocUnsafe(Math.max(byteLength, initialBytes));
  }

  /** As in protobufjs, without the detour over an object of two halves for the numbers that there really are. */
  override uint64(value: Parameters<BufferWriter['uint64']>[0]): this {
    if (typeof value === 'number' && value <= 0xffff_ffff) this.uint32(value);
    else super.uint64(value);
    return this;
  }

  /**
   * Encodes one frame.
   *
   * @param code the field number in the `oneof` of the link's frames
   * @param body buffers that make up the body; they are passed on, or copied if they are small
   * @returns the frame in pieces, for one gathering write
   */
  static encodeFrame<Fields>(
    code: number,
    type: Encodable<Fields>,
    fields: Fields,
    body: readonly Uint8Array[] = [],
  ): Uint8Array[] {
    const writer = new BlockWriter();
    writer.pos = frameLengthBytes + headerLengthBytes;
    const bodyBytes = writer.#encodeHeader(code, type, fields, body);
    const frameBytes = writer.pos - frameLengthBytes + bodyBytes;
    invariant(frameBytes <= wireLimits.frameBytesMax, 'a frame is cut to fit');
    writeUint32(writer.buf, 0, frameBytes);
    writeUint32(writer.buf, frameLengthBytes, writer.pos - frameLengthBytes - headerLengthBytes);
    if (bodyBytes > wireLimits.joinBodyBytesMax) return [writer.#finishShared(), ...body];
    for (const part of body) writer.raw(part);
    return [writer.#finishShared()];
  }

  /**
   * Encodes one entry into one buffer of its own.
   *
   * @param code the field number in the `oneof` of the entries
   */
  static encodeEntry<Fields>(
    code: number,
    type: Encodable<Fields>,
    fields: Fields,
    body: readonly Uint8Array[] = [],
  ): Uint8Array {
    const writer = new BlockWriter();
    writer.pos = headerLengthBytes;
    const bodyBytes = writer.#encodeHeader(code, type, fields, body);
    writeUint32(writer.buf, 0, writer.pos - headerLengthBytes);
    const entry = Buffer.allocUnsafe(writer.pos + bodyBytes);
    writer.finishInto(entry);
    let position = writer.pos;
    for (const part of body) {
      entry.set(part, position);
      position += part.length;
    }
    return entry;
  }

  #encodeHeader<Fields>(code: number, type: Encodable<Fields>, fields: Fields, body: readonly Uint8Array[]): number {
    const start = this.pos;
    this.uint32((code << 3) | 2).fork();
    type.encode(fields, this);
    this.ldelim();
    invariant(this.pos - start <= wireLimits.headerBytesMax, 'a header is cut to fit');
    let bodyBytes = 0;
    for (const part of body) bodyBytes += part.length;
    return bodyBytes;
  }

  /** What was written, without a copy: no writer is used twice. */
  #finishShared(): Uint8Array {
    return this.buf.subarray(0, this.pos);
  }
}
