import type { EntryRun, OrderNumber } from '@lockstep/contracts';
import { Fifo } from '../fifo.js';
import { invariant, InvariantBroken } from '../invariant.js';
import { limits } from '../limits.js';
import { cutRun } from './entry-run.js';
import { History } from './history.js';
import { lastAtMost } from './last-at-most.js';

/**
 * Consecutive entries in their order, in memory. The latest runs are kept as they came: they share their bytes with what was
 * read, and are handed on without a copy. What is settled becomes history, many runs at a time.
 */
export class OrderLog {
  readonly #history: History;
  /** What follows history. */
  readonly #runs = new Fifo<EntryRun>();
  /** The order number of each run's first entry. */
  readonly #firsts: number[] = [];
  /** Payload bytes appended before each run, since the log began. */
  readonly #bytesBefore: number[] = [];
  #first: number;
  #last: number;
  #appendedBytes = 0;

  /**
   * @param first the order number that the first appended entry gets
   * @param segmentBytes how much of its history is dropped at a time; see `segmentBytesFor`
   */
  constructor(first: OrderNumber, segmentBytes: number) {
    this.#history = new History(segmentBytes);
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

  /** Payload bytes of all entries since the log began, kept or not. */
  get appendedBytes(): number {
    return this.#appendedBytes;
  }

  /** Bytes of memory that the kept entries take, roughly. */
  get bytes(): number {
    return this.#history.bytes + this.#runBytes() + this.#runs.length * limits.runOverheadBytes;
  }

  /** Payload bytes of the entries behind `order`; may count the run that `order` is in as a whole. */
  bytesAfter(order: OrderNumber): number {
    if (order >= this.#last) return 0;
    const next = Math.max(order + 1, this.#first);
    if (next >= this.#firstRun()) return this.#appendedBytes - this.#bytesBefore[lastAtMost(this.#firsts, next)]!;
    return this.#history.bytesAfter(next - 1) + this.#runBytes();
  }

  append(run: EntryRun): void {
    this.#runs.push(run);
    this.#firsts.push(this.#last + 1);
    this.#bytesBefore.push(this.#appendedBytes);
    this.#last += run.lengths.length;
    this.#appendedBytes += run.payload.length;
  }

  /**
   * The entries `from` to `to`, both inclusive, both in the log.
   *
   * @param bytesMax stop behind the first run with which the answer reaches this many bytes
   */
  slice(from: OrderNumber, to: OrderNumber, bytesMax = Infinity): EntryRun[] {
    if (to < from) return [];
    if (from < this.#first || to > this.#last) throw new InvariantBroken(`the log holds ${from}..${to}`);
    const slice: EntryRun[] = [];
    const lastOfHistory = this.#firstRun() - 1;
    let bytes = 0;
    if (from <= lastOfHistory) bytes = this.#history.addTo(slice, from, Math.min(to, lastOfHistory), bytesMax);
    for (let index = lastAtMost(this.#firsts, from); index < this.#runs.length && bytes < bytesMax; index++) {
      const first = this.#firsts[index]!;
      if (first > to) break;
      const run = this.#runs.at(index)!;
      const skip = Math.max(0, from - first);
      const cut = cutRun(run, skip, Math.min(run.lengths.length, to - first + 1) - skip);
      slice.push(cut);
      bytes += cut.payload.length;
    }
    return slice;
  }

  /** Drops everything behind `last`, which may not lie in history. */
  truncate(last: OrderNumber): void {
    if (last >= this.#last) return;
    invariant(last >= this.#firstRun() - 1, `what follows ${last} is not settled`);
    const kept = last < this.#firstRun() ? [] : this.slice(this.#firstRun() as OrderNumber, last);
    this.#last = this.#firstRun() - 1;
    this.#appendedBytes = this.#bytesBefore[0]!;
    this.#dropRuns(this.#runs.length);
    for (const run of kept) this.append(run);
  }

  /** Whether there is enough to be packed, if it is settled. */
  get mayPack(): boolean {
    return this.#isEnough(limits.packedRunsMin);
  }

  /**
   * Makes history of whole runs up to `settled`, which nobody will truncate, once they are enough.
   *
   * @param runsMin how many runs are enough, if they have fewer bytes than `limits.packedBytesMin`
   */
  pack(settled: OrderNumber, runsMin: number = limits.packedRunsMin): void {
    const count = this.#countSettled(settled, runsMin);
    for (let index = 0; index < count; index++) this.#history.append(this.#firsts[index]!, this.#runs.at(index)!);
    if (count > 0) this.#dropRuns(count);
  }

  /** Instead of `pack`, for who needs no history: drops whole runs up to `settled`, once they would be enough. */
  forget(settled: OrderNumber, runsMin: number = limits.packedRunsMin): void {
    const count = this.#countSettled(settled, runsMin);
    if (count === 0) return;
    invariant(this.#history.oldest === undefined, 'history is kept or it is not');
    this.#dropRuns(count);
    this.#first = this.#firstRun();
  }

  /** Drops history from its front, a segment at a time, while more than `bytesMax` are kept, but never an entry behind `keepAfter`. */
  trim(bytesMax: number, keepAfter: OrderNumber): void {
    let { oldest } = this.#history;
    while (oldest !== undefined && this.bytes > bytesMax && oldest.last <= keepAfter) {
      this.#history.dropOldest();
      oldest = this.#history.oldest;
      this.#first = oldest?.first ?? this.#firstRun();
    }
  }

  /** The order number of the first entry that is not history, or of the next one if there is none. */
  #firstRun(): number {
    return this.#firsts[0] ?? this.#last + 1;
  }

  #runBytes(): number {
    return this.#runs.length === 0 ? 0 : this.#appendedBytes - this.#bytesBefore[0]!;
  }

  /** How many runs are settled; 0 if they are not enough. */
  #countSettled(settled: OrderNumber, runsMin: number): number {
    if (!this.#isEnough(runsMin)) return 0;
    let count = 0;
    let bytes = 0;
    while (count < this.#runs.length && this.#lastOf(count) <= settled) bytes += this.#runs.at(count++)!.payload.length;
    return count < runsMin && bytes < limits.packedBytesMin ? 0 : count;
  }

  /** Whether these are many runs, or many bytes. */
  #isEnough(runsMin: number): boolean {
    return this.#runs.length >= runsMin || this.#runBytes() >= limits.packedBytesMin;
  }

  #lastOf(index: number): number {
    return this.#firsts[index]! + this.#runs.at(index)!.lengths.length - 1;
  }

  #dropRuns(count: number): void {
    for (let dropped = 0; dropped < count; dropped++) this.#runs.shift();
    this.#firsts.splice(0, count);
    this.#bytesBefore.splice(0, count);
  }
}
