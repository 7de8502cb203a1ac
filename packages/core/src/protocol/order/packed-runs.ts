import type { EntryRun, IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { concatenate, isJoined, isLarge } from './entry-run.js';

/** Bytes that a block takes beside its arrays, roughly, and each piece of its payload beside its bytes. */
const blockOverheadBytes = 1024;
const pieceOverheadBytes = 200;

/**
 * Consecutive entries that hardly anybody asks for any more, packed: a handful of objects, however many small runs they came in.
 * A run as it came is several objects and a buffer that the process once read into; a history of millions of those would
 * keep the garbage collector busy for ever. Large runs that are most of their buffer keep it: to copy them would take longer than
 * they are of use.
 */
export class PackedRuns {
  /** The order number of the first entry. */
  readonly first: number;
  readonly count: number;
  readonly payloadBytes: number;
  /** Bytes of memory that it takes, roughly: of a buffer that it keeps, all of them. */
  readonly bytes: number;
  /** The payload: what is large alone, what is small and follows each other together. */
  readonly #pieces: readonly Uint8Array[];
  /** For each entry, where it ends in the payload. */
  readonly #ends: Uint32Array;
  /**
   * For each run, the index of its first entry, its piece's index, where that begins in the payload, its sender's index, and the
   * submission number of its first entry.
   */
  readonly #starts: Uint32Array;
  readonly #pieceIndexes: Uint32Array;
  readonly #pieceStarts: Uint32Array;
  readonly #senderIndexes: Uint8Array;
  readonly #submissions: Float64Array;
  readonly #senders: readonly IncarnationId[];

  /**
   * Those that follow each other in the submissions of one sender, and are not large, become one.
   *
   * @param first the order number of the first entry
   * @param runs at least one, of fewer than 256 senders
   */
  constructor(first: number, runs: readonly EntryRun[]) {
    const joined = runs.filter((run, index) => index === 0 || !isJoined(runs[index - 1]!, run));
    this.first = first;
    this.#senders = [...new Set(joined.map((run) => run.sender))];
    this.#starts = new Uint32Array(joined.length);
    this.#pieceIndexes = new Uint32Array(joined.length);
    this.#pieceStarts = new Uint32Array(joined.length);
    this.#senderIndexes = Uint8Array.from(joined, (run) => this.#senders.indexOf(run.sender));
    this.#submissions = Float64Array.from(joined, (run) => run.firstSubmission);
    this.count = runs.reduce((count, run) => count + run.lengths.length, 0);
    this.#ends = new Uint32Array(this.count);
    const gathered = gatherPieces(runs);
    let entries = 0;
    let offset = 0;
    let packed = 0;
    for (const [pieceIndex, ofPiece] of gathered.entries()) {
      const pieceStart = offset;
      for (const run of ofPiece) {
        if (run === joined[packed]) {
          this.#starts[packed] = entries;
          this.#pieceIndexes[packed] = pieceIndex;
          this.#pieceStarts[packed++] = pieceStart;
        }
        for (const length of run.lengths) this.#ends[entries++] = offset += length;
      }
    }
    this.payloadBytes = offset;
    const kept = new KeptBuffers(runs);
    this.#pieces = gathered.map((ofPiece) =>
      kept.keeps(ofPiece[0]!) ? ofPiece[0]!.payload : concatenate(ofPiece.map((run) => run.payload)),
    );
    const arrayBytes = this.#ends.byteLength + 6 * this.#starts.byteLength + this.#pieces.length * pieceOverheadBytes;
    this.bytes = this.payloadBytes + kept.unusedBytes + arrayBytes + blockOverheadBytes;
  }

  /** The order number of the last entry. */
  get last(): number {
    return this.first + this.count - 1;
  }

  /** Payload bytes of the entries behind `order`, which is in here or right before. */
  bytesAfter(order: number): number {
    return this.payloadBytes - this.#endOf(order - this.first);
  }

  /** The runs of the entries `from` to `to`, both in here, sharing its bytes. */
  slice(from: number, to: number): EntryRun[] {
    const runs: EntryRun[] = [];
    const behind = to - this.first + 1;
    let entry = from - this.first;
    for (let index = this.#runOf(entry); entry < behind; index++) {
      const end = Math.min(this.#starts[index + 1] ?? this.count, behind);
      const lengths: number[] = [];
      const pieceStart = this.#pieceStarts[index]!;
      const start = this.#endOf(entry - 1) - pieceStart;
      const firstSubmission = this.#submissions[index]! + entry - this.#starts[index]!;
      for (; entry < end; entry++) lengths.push(this.#endOf(entry) - this.#endOf(entry - 1));
      runs.push({
        sender: this.#senders[this.#senderIndexes[index]!]!,
        firstSubmission: firstSubmission as SubmissionNumber,
        lengths,
        payload: this.#pieces[this.#pieceIndexes[index]!]!.subarray(start, this.#endOf(entry - 1) - pieceStart),
      });
    }
    return runs;
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

/** Each large run alone, small ones that follow each other together. */
function gatherPieces(runs: readonly EntryRun[]): (readonly EntryRun[])[] {
  const pieces: (readonly EntryRun[])[] = [];
  for (let start = 0, end = 1; start < runs.length; start = end++) {
    if (!isLarge(runs[start]!)) while (end < runs.length && !isLarge(runs[end]!)) end++;
    pieces.push(runs.slice(start, end));
  }
  return pieces;
}

/** The buffers that are kept, because large runs of one block are at least half of them. */
class KeptBuffers {
  readonly #used = new Map<ArrayBufferLike, number>();
  readonly unusedBytes: number;

  constructor(runs: readonly EntryRun[]) {
    for (const run of runs) {
      if (!isLarge(run)) continue;
      const { buffer } = run.payload;
      this.#used.set(buffer, (this.#used.get(buffer) ?? 0) + run.payload.length);
    }
    let unusedBytes = 0;
    for (const [buffer, used] of this.#used) {
      if (2 * used < buffer.byteLength) this.#used.delete(buffer);
      else unusedBytes += buffer.byteLength - used;
    }
    this.unusedBytes = unusedBytes;
  }

  keeps(run: EntryRun): boolean {
    return isLarge(run) && this.#used.has(run.payload.buffer);
  }
}
