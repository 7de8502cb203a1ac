import type { EntryRun } from '@lockstep/contracts';
import { Fifo } from '../fifo.js';
import { limits } from '../limits.js';
import { HistorySegment } from './history-segment.js';

/** Memory is taken from the system so much at a time; what is larger gets memory of its own. */
const segmentBytesMax = 4 * 1024 * 1024;

/**
 * So many dropped segments are kept to be used again. Several are dropped at once when it was not known how far others had come.
 * They come on top of what history may take: 32 MiB at most.
 */
const sparesMax = 8;

/**
 * How much memory a segment of history should have: history is dropped a segment at a time, of which its limit should be a
 * multiple.
 */
export function segmentBytesFor(historyBytesMax: number): number {
  return Math.min(segmentBytesMax, Math.max(limits.packedBytesMin, Math.floor(historyBytesMax / 8)));
}

/**
 * Consecutive entries that grow at their end and are dropped at their front, in a few large segments, which are used again. Once
 * it has its size, it allocates nothing. With memory of its own for each few hundred kilobytes, a process that
 * passes hundreds of megabytes a second spent a fifth of its time on it, because V8 goes through its whole heap whenever so much
 * outside of it has come and gone; and with a few objects for each, the heap grew for minutes, because what lives as long as
 * history does is only collected with the whole heap.
 */
export class History {
  readonly #segmentBytes: number;
  readonly #segments = new Fifo<HistorySegment>();
  #current: HistorySegment | undefined;
  /** Dropped, and free to be used again. */
  readonly #spares: HistorySegment[] = [];
  /** Of all segments but the current one. */
  #fullBytes = 0;
  /** Payload bytes that there ever were. */
  #appendedBytes = 0;

  /** @param segmentBytes as `segmentBytesFor` says */
  constructor(segmentBytes: number) {
    this.#segmentBytes = segmentBytes;
  }

  /** The part that is dropped next; undefined if there is no history. */
  get oldest(): HistorySegment | undefined {
    return this.#segments.first;
  }

  /** Bytes of memory that it takes, roughly. */
  get bytes(): number {
    return this.#fullBytes + (this.#current?.bytes ?? 0);
  }

  /** Payload bytes of the entries behind `order`, which is in here or right before. */
  bytesAfter(order: number): number {
    const segment = this.#segments.at(this.#indexOf(order));
    return segment === undefined ? 0 : this.#appendedBytes - segment.bytesBefore - segment.endOf(order);
  }

  /**
   * Copies the bytes of a run that follows.
   *
   * @param first the order number of its first entry
   */
  append(first: number, run: EntryRun): void {
    const segment = this.#current?.hasRoomFor(run) === true ? this.#current : this.#begin(first, run.payload.length);
    segment.append(run);
    this.#appendedBytes += run.payload.length;
  }

  /**
   * Adds the runs of the entries `from` to `to`, both in here, to a list, sharing their bytes.
   *
   * @param bytesMax stop behind the first run with which they reach this many bytes
   * @returns the payload bytes of what was added
   */
  addTo(list: EntryRun[], from: number, to: number, bytesMax: number): number {
    let bytes = 0;
    for (let index = this.#indexOf(from); index < this.#segments.length && bytes < bytesMax; index++) {
      const segment = this.#segments.at(index)!;
      if (segment.first > to) break;
      bytes += segment.addTo(list, Math.max(from, segment.first), Math.min(to, segment.last), bytesMax - bytes);
    }
    return bytes;
  }

  /** Drops the oldest part; there must be one. Runs that were given of it stay as they are. */
  dropOldest(): void {
    const segment = this.#segments.shift()!;
    if (segment === this.#current) this.#current = undefined;
    else this.#fullBytes -= segment.bytes;
    const isUsual = segment.byteLength === this.#segmentBytes;
    if (segment.isReusable && isUsual && this.#spares.length < sparesMax) this.#spares.push(segment);
  }

  #begin(first: number, byteLength: number): HistorySegment {
    if (this.#current !== undefined) {
      this.#current.isFull = true;
      this.#fullBytes += this.#current.bytes;
    }
    const segment = byteLength > this.#segmentBytes ? new HistorySegment(byteLength) : this.#takeUsual();
    segment.begin(first, this.#appendedBytes);
    this.#segments.push(segment);
    return (this.#current = segment);
  }

  #takeUsual(): HistorySegment {
    return this.#spares.pop() ?? new HistorySegment(this.#segmentBytes);
  }

  /** The index of the segment that holds `order`; the first one, if it is right before. */
  #indexOf(order: number): number {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#segments.at(middle)!.first <= order) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
