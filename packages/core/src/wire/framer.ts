import { invariant } from '../protocol/invariant.js';
import { Block, frameLengthBytes, readUint32 } from './block.js';
import type { FrameCutter } from './cut-frame.js';
import { wireLimits } from './limits.js';

/** What is wrong with a stream of frames; no more can be read from it. */
export type FramingFault = 'frame-empty' | 'frame-too-large' | 'frame-header-too-large';

/**
 * Finds the frames in a byte stream, however it is cut into chunks. A frame inside one chunk is handed over where it is, and so is
 * one that spans chunks which lie behind each other in one buffer. Any other is assembled in a buffer of its own, the only one
 * that is held.
 */
export class Framer {
  /** Largest frame that is accepted from here on. */
  frameBytesMax: number = wireLimits.handshakeFrameBytesMax;
  readonly #onFrame: (block: Block) => boolean;
  readonly #prefix = new Uint8Array(frameLengthBytes);
  #prefixLength = 0;
  /** Room for the frame that is not whole. */
  #frame: Uint8Array | undefined;
  /** It lies in the chunk that it began in. What is behind its bytes there is not ours to write. */
  #isInPlace = false;
  #frameLength = 0;
  /** With fewer bytes of it, the frame is not worth being cut. */
  #cutFromBytes: number = wireLimits.partBytesMin;

  /** @param onFrame called for each frame, in order; returns false if it wants no more of them */
  constructor(onFrame: (block: Block) => boolean) {
    this.#onFrame = onFrame;
  }

  /** Takes the next bytes. Ownership passes: frames refer to the chunk. */
  push(chunk: Uint8Array): FramingFault | undefined {
    let position = 0;
    while (position < chunk.length) {
      if (this.#prefixLength === 0 && chunk.length - position >= frameLengthBytes) {
        const length = readUint32(chunk, position);
        const end = position + frameLengthBytes + length;
        if (end <= chunk.length) {
          const outcome = this.#fault(length) ?? this.#deliver(chunk, position + frameLengthBytes, end);
          if (outcome !== 'more') return outcome === 'enough' ? undefined : outcome;
          position = end;
          continue;
        }
      }
      const outcome = this.#assemble(chunk, position);
      if (typeof outcome !== 'number') return outcome === 'enough' ? undefined : outcome;
      position = outcome;
    }
    return undefined;
  }

  /**
   * Has the frame that is not whole, if there is one, cut behind what is there of it. What is still to come belongs to the frame
   * that is left.
   *
   * @returns what was there
   */
  cutBegun<Message>(cut: FrameCutter<Message>): Message | undefined {
    const frame = this.#frame;
    if (frame === undefined || this.#frameLength < this.#cutFromBytes) return undefined;
    const parts = cut(frame, this.#frameLength);
    if (parts === undefined) {
      // It was looked at, which takes time: not at every byte again.
      this.#cutFromBytes = this.#frameLength + wireLimits.partBytesMin / 4;
      return undefined;
    }
    const { restHead } = parts;
    invariant(restHead.length <= this.#frameLength, 'there is room for the head of the rest');
    this.#frame = frame.subarray(this.#frameLength - restHead.length);
    this.#frame.set(restHead);
    this.#frameLength = restHead.length;
    this.#cutFromBytes = wireLimits.partBytesMin;
    return parts.message;
  }

  /** Adds what the chunk has to the frame that is not whole, and returns the position behind it. */
  #assemble(chunk: Uint8Array, start: number): number | FramingFault | 'enough' {
    let position = start;
    while (this.#prefixLength < frameLengthBytes) {
      if (position === chunk.length) return position;
      this.#prefix[this.#prefixLength++] = chunk[position++]!;
      if (this.#prefixLength < frameLengthBytes) continue;
      const length = readUint32(this.#prefix, 0);
      const fault = this.#fault(length);
      if (fault !== undefined) return fault;
      this.#begin(length, chunk, position);
    }
    const taken = Math.min(this.#frame!.length - this.#frameLength, chunk.length - position);
    if (!this.#isThere(chunk, position)) this.#copy(chunk.subarray(position, position + taken));
    const frame = this.#frame!;
    this.#frameLength += taken;
    position += taken;
    if (this.#frameLength < frame.length) return position;
    this.#prefixLength = 0;
    this.#frame = undefined;
    const outcome = this.#deliver(frame, 0, frame.length);
    return outcome === 'more' ? position : outcome;
  }

  /** Begins a frame whose first byte is at `position` of the chunk. */
  #begin(length: number, chunk: Uint8Array, position: number): void {
    const start = chunk.byteOffset + position;
    this.#isInPlace = start + length <= chunk.buffer.byteLength;
    this.#frame = this.#isInPlace ? new Uint8Array(chunk.buffer, start, length) : Buffer.allocUnsafe(length);
    this.#frameLength = 0;
    this.#cutFromBytes = wireLimits.partBytesMin;
  }

  /** Whether what the chunk has at `position` is where the frame goes on. */
  #isThere(chunk: Uint8Array, position: number): boolean {
    const frame = this.#frame!;
    return (
      this.#isInPlace &&
      frame.buffer === chunk.buffer &&
      frame.byteOffset + this.#frameLength === chunk.byteOffset + position
    );
  }

  #copy(bytes: Uint8Array): void {
    const before = this.#frame!;
    if (this.#isInPlace) {
      this.#isInPlace = false;
      this.#frame = Buffer.allocUnsafe(before.length);
      this.#frame.set(before.subarray(0, this.#frameLength));
    }
    this.#frame!.set(bytes, this.#frameLength);
  }

  #fault(length: number): FramingFault | undefined {
    if (length === 0) return 'frame-empty';
    return length > this.frameBytesMax ? 'frame-too-large' : undefined;
  }

  #deliver(bytes: Uint8Array, start: number, end: number): FramingFault | 'more' | 'enough' {
    const block = Block.at(bytes, start, end);
    if (block === undefined) return 'frame-header-too-large';
    return this.#onFrame(block) ? 'more' : 'enough';
  }
}
