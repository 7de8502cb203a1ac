import type { EntryRun, OrderNumber } from '@lockstep/contracts';
import { invariant } from '../invariant.js';
import { limits } from '../limits.js';
import { cutRun } from './entry-run.js';

/**
 * Consecutive entries in their order, in memory. Runs are kept as they came: the log shares their bytes and copies
 * nothing.
 */
export class OrderLog {
  readonly #runs: EntryRun[] = [];
  /** The order number of each run's first entry. */
  readonly #firsts: number[] = [];
  /** Bytes appended before each run, since the log began. */
  readonly #bytesBefore: number[] = [];
  #first: number;
  #last: number;
  #bytes = 0;

  /** @param first the order number that the first appended entry gets */
  constructor(first: OrderNumber) {
    this.#first = first;
    this.#last = first - 1;
  }

  /** The order number of the first entry that is kept, or of the next one if there is none. */
  get first(): OrderNumber {
    return this.#first as OrderNumber;
  }

  /** The order number of the last entry, or one less than `first`. */
  get last(): OrderNumber {
    return this.#last as OrderNumber;
  }

  /** Bytes of memory that the kept entries take, roughly: payload and what each run costs beside it. */
  get bytes(): number {
    const payloadBytes = this.#runs.length === 0 ? 0 : this.#bytes - this.#bytesBefore[0]!;
    return payloadBytes + this.#runs.length * limits.runOverheadBytes;
  }

  /** Payload bytes of the entries behind `order`; counts the run that `order` is in as a whole. */
  bytesAfter(order: OrderNumber): number {
    if (order >= this.#last) return 0;
    return this.#bytes - this.#bytesBefore[this.#indexOf(Math.max(order + 1, this.#first))]!;
  }

  append(run: EntryRun): void {
    this.#runs.push(run);
    this.#firsts.push(this.#last + 1);
    this.#bytesBefore.push(this.#bytes);
    this.#last += run.lengths.length;
    this.#bytes += run.payload.byteLength;
  }

  /**
   * The entries `from` to `to`, both inclusive, both in the log.
   *
   * @param bytesMax stop behind the first run with which the answer reaches this many bytes
   */
  slice(from: OrderNumber, to: OrderNumber, bytesMax = Infinity): EntryRun[] {
    if (to < from) return [];
    invariant(from >= this.#first && to <= this.#last, `the log holds ${from}..${to}`);
    const slice: EntryRun[] = [];
    let bytes = 0;
    for (let index = this.#indexOf(from); index < this.#runs.length && this.#firsts[index]! <= to; index++) {
      const run = this.#runs[index]!;
      const runFirst = this.#firsts[index]!;
      const skip = Math.max(0, from - runFirst);
      const cut = cutRun(run, skip, Math.min(run.lengths.length, to - runFirst + 1) - skip);
      slice.push(cut);
      bytes += cut.payload.byteLength;
      if (bytes >= bytesMax) break;
    }
    return slice;
  }

  /** Drops everything behind `last`. */
  truncate(last: OrderNumber): void {
    if (last >= this.#last) return;
    const kept = last < this.#first ? [] : this.slice(this.#first as OrderNumber, last);
    this.#runs.length = 0;
    this.#firsts.length = 0;
    this.#bytesBefore.length = 0;
    this.#last = this.#first - 1;
    for (const run of kept) this.append(run);
  }

  /**
   * Drops whole runs from the front if more than `bytesMax` are kept, but never an entry behind `keepAfter`. It drops a
   * sixteenth more than it must, so that what moves up is moved rarely.
   */
  trim(bytesMax: number, keepAfter: OrderNumber): void {
    let bytes = this.bytes;
    if (bytes <= bytesMax) return;
    let count = 0;
    while (count < this.#runs.length - 1 && bytes > bytesMax - bytesMax / 16) {
      if (this.#firsts[count + 1]! > keepAfter + 1) break;
      bytes -= this.#bytesBefore[count + 1]! - this.#bytesBefore[count]! + limits.runOverheadBytes;
      count++;
    }
    if (count === 0) return;
    this.#runs.splice(0, count);
    this.#firsts.splice(0, count);
    this.#bytesBefore.splice(0, count);
    this.#first = this.#firsts[0]!;
  }

  /** The index of the run that holds `order`. */
  #indexOf(order: number): number {
    let low = 0;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#firsts[middle]! <= order) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
