import type { EntryRun, IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { limits } from '../limits.js';
import { lastAtMost } from './last-at-most.js';

/** Slots that the index of a segment begins with. */
const slotsMin = 256;

/** A segment with more entries is full: their index takes as much memory as they do. */
const entriesMax = 256 * 1024;

/** Senders are told apart by a byte. */
const sendersMax = 256;

/** Bytes that a segment takes beside its payload and its index, roughly. */
const overheadBytes = 1024;

/** Bytes of the index for each entry, and for each run. */
const entryIndexBytes = 4;
const runIndexBytes = 4 + 1 + 8;

/**
 * Consecutive entries that hardly anybody asks for any more, behind each other in memory that is used again: a handful of objects,
 * however many runs they came in, and none for those that come when the segment has been there for a while.
 */
export class HistorySegment {
  /** The order number of the first entry. */
  first = 0;
  /** Entries. */
  count = 0;
  /** Payload bytes of all history before the first entry. */
  bytesBefore = 0;
  /** Payload bytes. */
  usedBytes = 0;
  /** Nothing will be appended to it any more: what is left of its memory is lost to it. */
  isFull = false;
  readonly #payload: Uint8Array;
  /** Somebody else may still see its bytes, for good. */
  #isLent = false;
  /** For each entry, where it ends in the payload. */
  #ends = new Uint32Array(slotsMin);
  #runCount = 0;
  /** For each run, the index of its first entry, its sender's index, and the submission number of its first entry. */
  #starts = new Uint32Array(slotsMin);
  #senderIndexes = new Uint8Array(slotsMin);
  #submissions = new Float64Array(slotsMin);
  #senders: IncarnationId[] = [];

  /** @param byteLength how much payload it can hold */
  constructor(byteLength: number) {
    this.#payload = new Uint8Array(byteLength);
  }

  /** The order number of the last entry; before there is one, the number before the first. */
  get last(): number {
    return this.first + this.count - 1;
  }

  /** Payload bytes that it can hold. */
  get byteLength(): number {
    return this.#payload.length;
  }

  /** Bytes of memory that it takes, roughly. */
  get bytes(): number {
    const payloadBytes = this.isFull ? this.#payload.length : this.usedBytes;
    return payloadBytes + this.count * entryIndexBytes + this.#runCount * runIndexBytes + overheadBytes;
  }

  /** Whether its memory may be used again when it is dropped. */
  get isReusable(): boolean {
    return !this.#isLent;
  }

  /** Begins anew, with entries from `first` on. Only while it is reusable. */
  begin(first: number, bytesBefore: number): void {
    this.first = first;
    this.bytesBefore = bytesBefore;
    this.count = 0;
    this.usedBytes = 0;
    this.isFull = false;
    this.#runCount = 0;
    if (this.#senders.length > 0) this.#senders = [];
  }

  hasRoomFor(run: EntryRun): boolean {
    return (
      this.usedBytes + run.payload.length <= this.#payload.length &&
      this.count + run.lengths.length <= entriesMax &&
      (this.#senders.length < sendersMax || this.#senders.includes(run.sender))
    );
  }

  /** Copies a run for which there is room. One that goes on in the submissions of the one before becomes a part of it. */
  append(run: EntryRun): void {
    if (!this.#goesOn(run)) this.#beginRun(run);
    this.#payload.set(run.payload, this.usedBytes);
    const { lengths } = run;
    while (this.#ends.length < this.count + lengths.length) this.#ends = grown(this.#ends);
    for (const length of lengths) this.#ends[this.count++] = this.usedBytes += length;
  }

  /** Where the entry `order`, which is in here or right before, ends in the payload. */
  endOf(order: number): number {
    return order < this.first ? 0 : this.#ends[order - this.first]!;
  }

  /**
   * Adds the runs of the entries `from` to `to`, both in here, to a list. They share its bytes, also when it has been dropped.
   *
   * @param bytesMax stop behind the first run with which they reach this many bytes
   * @returns the payload bytes of what was added
   */
  addTo(list: EntryRun[], from: number, to: number, bytesMax: number): number {
    let bytes = 0;
    let order = from;
    for (
      let index = lastAtMost(this.#starts, from - this.first, this.#runCount);
      order <= to && bytes < bytesMax;
      index++
    ) {
      const start = this.#starts[index]!;
      const behind = this.first + (index + 1 < this.#runCount ? this.#starts[index + 1]! : this.count);
      const last = Math.min(behind - 1, to);
      const payload = this.#lend(this.endOf(order - 1), this.endOf(last));
      const firstSubmission = (this.#submissions[index]! + order - this.first - start) as SubmissionNumber;
      const lengths: number[] = [];
      for (; order <= last; order++) lengths.push(this.endOf(order) - this.endOf(order - 1));
      list.push({ sender: this.#senders[this.#senderIndexes[index]!]!, firstSubmission, lengths, payload });
      bytes += payload.length;
    }
    return bytes;
  }

  #lend(start: number, end: number): Uint8Array {
    this.#isLent = true;
    return this.#payload.subarray(start, end);
  }

  /** Whether a run is to become a part of the last one: it follows, and the last one is not large yet. */
  #goesOn({ sender, firstSubmission }: EntryRun): boolean {
    if (this.#runCount === 0) return false;
    const index = this.#runCount - 1;
    const start = this.#starts[index]!;
    return (
      this.#senders[this.#senderIndexes[index]!] === sender &&
      this.#submissions[index]! + this.count - start === firstSubmission &&
      this.usedBytes - this.endOf(this.first + start - 1) < limits.packedBytesMin
    );
  }

  #beginRun({ sender, firstSubmission }: EntryRun): void {
    if (this.#runCount === this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#senderIndexes = grown(this.#senderIndexes);
      this.#submissions = grown(this.#submissions);
    }
    let senderIndex = this.#senders.indexOf(sender);
    if (senderIndex < 0) senderIndex = this.#senders.push(sender) - 1;
    this.#starts[this.#runCount] = this.count;
    this.#senderIndexes[this.#runCount] = senderIndex;
    this.#submissions[this.#runCount++] = firstSubmission;
  }
}

/** Twice as many slots, with the same in those that there were. */
function grown<Slots extends Uint32Array | Uint8Array | Float64Array>(slots: Slots): Slots {
  const more = new (slots.constructor as new (length: number) => Slots)(2 * slots.length);
  more.set(slots);
  return more;
}
