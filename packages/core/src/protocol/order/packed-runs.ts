import type { EntryRun, IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { countEntries, follows } from './entry-run.js';
import type { HistoryMemory, HistoryPart } from './history-memory.js';

/** Bytes that a block takes beside its payload and its arrays, roughly. */
const blockOverheadBytes = 1024;

/**
 * Consecutive entries that hardly anybody asks for any more, packed: a handful of objects, however many runs they came in.
 * A run as it came is several objects and a buffer that the process once read into; a history of millions of those would
 * keep the garbage collector busy for ever.
 */
export class PackedRuns {
  /** The order number of the first entry. */
  readonly first: number;
  readonly count: number;
  readonly payloadBytes: number;
  /** Bytes of memory that it takes, roughly. */
  readonly bytes: number;
  readonly #payload: HistoryPart;
  /** For each entry, where it ends in the payload. */
  readonly #ends: Uint32Array;
  /** For each run, the index of its first entry, its sender's index, and the submission number of its first entry. */
  readonly #starts: Uint32Array;
  readonly #senderIndexes: Uint8Array;
  readonly #submissions: Float64Array;
  readonly #senders: readonly IncarnationId[];

  /**
   * Copies the runs. Those that follow each other in the submissions of one sender become one.
   *
   * @param first the order number of the first entry
   * @param runs at least one, of fewer than 256 senders
   */
  constructor(first: number, runs: readonly EntryRun[], memory: HistoryMemory) {
    const joined = runs.filter((run, index) => index === 0 || !follows(runs[index - 1]!, run));
    this.first = first;
    this.#senders = [...new Set(joined.map((run) => run.sender))];
    this.#starts = new Uint32Array(joined.length);
    this.#senderIndexes = Uint8Array.from(joined, (run) => this.#senders.indexOf(run.sender));
    this.#submissions = Float64Array.from(joined, (run) => run.firstSubmission);
    this.count = countEntries(runs);
    this.#ends = new Uint32Array(this.count);
    this.payloadBytes = runs.reduce((bytes, run) => bytes + run.payload.length, 0);
    this.#payload = memory.take(this.payloadBytes);
    let entries = 0;
    let offset = 0;
    let packed = 0;
    for (const run of runs) {
      if (run === joined[packed]) this.#starts[packed++] = entries;
      this.#payload.set(run.payload, offset);
      for (const length of run.lengths) this.#ends[entries++] = offset += length;
    }
    const arrayBytes = this.#ends.byteLength + 4 * this.#starts.byteLength;
    this.bytes = this.#payload.bytesTaken + arrayBytes + blockOverheadBytes;
  }

  /** The order number of the last entry. */
  get last(): number {
    return this.first + this.count - 1;
  }

  /** Payload bytes of the entries behind `order`, which is in here or right before. */
  bytesAfter(order: number): number {
    return this.payloadBytes - this.#endOf(order - this.first);
  }

  /** The runs of the entries `from` to `to`, both in here, sharing its bytes, also when it has been released. */
  slice(from: number, to: number): EntryRun[] {
    const runs: EntryRun[] = [];
    const behind = to - this.first + 1;
    let entry = from - this.first;
    for (let index = this.#runOf(entry); entry < behind; index++) {
      const end = Math.min(this.#starts[index + 1] ?? this.count, behind);
      const lengths: number[] = [];
      const start = this.#endOf(entry - 1);
      const firstSubmission = this.#submissions[index]! + entry - this.#starts[index]!;
      for (; entry < end; entry++) lengths.push(this.#endOf(entry) - this.#endOf(entry - 1));
      runs.push({
        sender: this.#senders[this.#senderIndexes[index]!]!,
        firstSubmission: firstSubmission as SubmissionNumber,
        lengths,
        payload: this.#payload.lend(start, this.#endOf(entry - 1)),
      });
    }
    return runs;
  }

  /** Gives its memory back. It is not asked for anything any more. */
  release(): void {
    this.#payload.release();
  }

  #endOf(entry: number): number {
    return entry < 0 ? 0 : this.#ends[entry]!;
  }

  /** The run that the entry is in. */
  #runOf(entry: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= entry) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
