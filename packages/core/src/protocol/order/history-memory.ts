/** Memory is taken from the system so much at a time; what is larger gets memory of its own. */
export const segmentBytes = 4 * 1024 * 1024;

/** So many segments are kept for what comes when nothing is left in them. */
const sparesMax = 2;

/** Memory that parts lie in, one behind the other. */
class Segment {
  readonly bytes: Uint8Array;
  usedBytes = 0;
  partCount = 0;
  /** Somebody else may still see its bytes when its last part is released. */
  isLent = false;

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(byteLength);
  }
}

/**
 * Memory for history, which grows at its end and is dropped at its front: in a few large segments that are used again. With memory
 * of its own for each block, a process that passes hundreds of megabytes a second spent a fifth of its time on it, because V8 goes
 * through its whole heap whenever so much outside of it has come and gone.
 */
export class HistoryMemory {
  #current: Segment | undefined;
  readonly #spares: Segment[] = [];

  /** Room for so many bytes, with anything in it. */
  take(byteLength: number): HistoryPart {
    if (byteLength > segmentBytes) return new HistoryPart(this, new Segment(byteLength), byteLength, 0);
    const current = this.#current;
    if (current !== undefined && current.usedBytes + byteLength <= segmentBytes)
      return new HistoryPart(this, current, byteLength, 0);
    const bytesLeftOut = current === undefined ? 0 : segmentBytes - current.usedBytes;
    this.#current = this.#spares.pop() ?? new Segment(segmentBytes);
    if (current !== undefined) this.#recycle(current);
    return new HistoryPart(this, this.#current, byteLength, bytesLeftOut);
  }

  /** For the parts: one of them is gone. */
  released(segment: Segment): void {
    segment.partCount--;
    if (segment !== this.#current) this.#recycle(segment);
  }

  #recycle(segment: Segment): void {
    if (segment.partCount > 0 || segment.isLent || segment.bytes.length !== segmentBytes) return;
    if (this.#spares.length === sparesMax) return;
    segment.usedBytes = 0;
    this.#spares.push(segment);
  }
}

/** Bytes of a segment, until they are released. */
export class HistoryPart {
  /** Bytes of memory that it takes: its own, and those at the end of the segment before that it did not fit into. */
  readonly bytesTaken: number;
  readonly #memory: HistoryMemory;
  readonly #segment: Segment;
  readonly #bytes: Uint8Array;

  constructor(memory: HistoryMemory, segment: Segment, byteLength: number, bytesLeftOut: number) {
    this.bytesTaken = byteLength + bytesLeftOut;
    this.#memory = memory;
    this.#segment = segment;
    this.#bytes = segment.bytes.subarray(segment.usedBytes, segment.usedBytes + byteLength);
    segment.usedBytes += byteLength;
    segment.partCount++;
  }

  set(source: Uint8Array, offset: number): void {
    this.#bytes.set(source, offset);
  }

  /** Its bytes from `start` to `end`, for good: the segment will not be used again. */
  lend(start: number, end: number): Uint8Array {
    this.#segment.isLent = true;
    return this.#bytes.subarray(start, end);
  }

  /** It is not used any more by who took it. Once. */
  release(): void {
    this.#memory.released(this.#segment);
  }
}
