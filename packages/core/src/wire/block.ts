import { wireLimits } from './limits.js';

/** Bytes of the length in front of a frame. */
export const frameLengthBytes = 4;

/** Bytes of the header's length in front of a header. */
export const headerLengthBytes = 4;

/** A header and a body inside a larger buffer, found and checked for size, not decoded. */
export class Block {
  private constructor(
    /** The buffer that holds the block; read-only, the body is handed on as a part of it. */
    readonly bytes: Uint8Array,
    /** Offset of the protobuf header. */
    readonly headerStart: number,
    /** Offset of the body, one past the header. */
    readonly bodyStart: number,
    /** One past the body. */
    readonly end: number,
  ) {}

  /**
   * Finds the parts of the block that fills `bytes` from `start` to `end`.
   *
   * @returns undefined if there is no header, or if it is longer than it may be or than the block
   */
  static at(bytes: Uint8Array, start: number, end: number): Block | undefined {
    const headerStart = start + headerLengthBytes;
    if (headerStart > end) return undefined;
    const headerLength = readUint32(bytes, start);
    if (headerLength > wireLimits.headerBytesMax || headerLength > end - headerStart) return undefined;
    return new Block(bytes, headerStart, headerStart + headerLength, end);
  }
}

/** The four bytes at `offset` as an unsigned number, little-endian. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}

/** Writes `value` as four bytes at `offset`, little-endian. */
export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}
