import { crc32 } from 'node:zlib';
import type { Segment } from '@lockstep/contracts';
import { cut, isDivisible, join } from './segments.js';

/** What one replica's service has put out on one connection, and what of that the client may still need. */
export class RelayedOutput {
  readonly #report: (breach: string) => void;
  readonly #segments: Segment[] = [];
  /** Where the first of `#segments` begins. */
  #start = 0;
  /** Everything before it has been delivered, perhaps by another replica. */
  #trimmed = 0;
  #bytes = 0;
  #digest = 0;
  /** Units put out, without the end. */
  produced = 0;
  state: 'open' | 'ended' | 'reset' = 'open';

  /** @param report is given each breach, in words */
  constructor(report: (breach: string) => void) {
    this.#report = report;
  }

  /** Bytes that wait. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** Tells apart outputs that are not the same: in their bytes, or in where a message stands. */
  get digest(): number {
    return this.#digest;
  }

  push(segment: Segment): void {
    const mark = isDivisible(segment) ? segment.payload : `message of ${segment.length} at ${this.produced};`;
    this.#digest = crc32(mark, this.#digest);
    this.produced += segment.length;
    this.#bytes += segment.payload.byteLength;
    this.#segments.push(segment);
    this.#dropDelivered();
  }

  /** The client has everything before this position, from whatever replica. */
  trim(position: number): void {
    this.#trimmed = position;
    this.#dropDelivered();
  }

  /**
   * Takes what follows what was delivered.
   *
   * @param unitsMax where to cut a segment that can be cut; a message is given whole
   * @param joins whether to give adjacent divisible segments as one
   */
  take(unitsMax: number, joins: boolean): Segment | undefined {
    const [first] = this.#segments;
    if (first === undefined || this.#start !== this.#trimmed) return undefined;
    let segment = first;
    let count = 1;
    if (isDivisible(first) && joins) {
      while (count < this.#segments.length && isDivisible(this.#segments[count]!)) count += 1;
      segment = join(this.#segments.slice(0, count));
    }
    this.#segments.splice(0, count);
    if (isDivisible(segment) && segment.length > unitsMax) {
      const [head, rest] = cut(segment, unitsMax);
      this.#segments.unshift(rest);
      segment = head;
    }
    this.#start += segment.length;
    this.#trimmed = this.#start;
    this.#bytes -= segment.payload.byteLength;
    return segment;
  }

  #dropDelivered(): void {
    for (let first = this.#segments[0]; first !== undefined; first = this.#segments[0]) {
      const excess = this.#trimmed - this.#start;
      if (excess <= 0) return;
      this.#segments.shift();
      let dropped = first;
      if (first.length > excess && isDivisible(first)) {
        const [head, rest] = cut(first, excess);
        this.#segments.unshift(rest);
        dropped = head;
      } else if (first.length > excess) {
        this.#report(
          `the replicas differ: a message covers unit ${this.#trimmed}, which begins a segment of another's`,
        );
      }
      this.#start += dropped.length;
      this.#bytes -= dropped.payload.byteLength;
    }
  }
}
