import type { EntryRun, IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { Fifo } from '../fifo.js';
import { limits } from '../limits.js';
import { concatenate, cutRun, lastSubmission } from './entry-run.js';

const none: readonly never[] = [];

function isLarge(entry: Uint8Array): boolean {
  return entry.length >= limits.keptRunBytesMin;
}

/**
 * This member's own entries until they are seen in the order: gathered until the turn ends, then kept as runs so that
 * they can be submitted again to another sequencer.
 */
export class Submissions {
  readonly #self: IncarnationId;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  readonly #unordered = new Fifo<EntryRun>();
  #unorderedBytes = 0;
  #unorderedEntries = 0;
  #next = 1;

  constructor(self: IncarnationId) {
    this.#self = self;
  }

  /** Whether more entries should be submitted now. */
  get hasRoom(): boolean {
    return (
      this.#gatheredBytes + this.#unorderedBytes < limits.submissionBytesMax &&
      this.#gathered.length + this.#unorderedEntries < limits.submissionEntriesMax
    );
  }

  /** There are entries that no run has been made of. */
  get hasGathered(): boolean {
    return this.#gathered.length > 0;
  }

  /** Own entries that are not in the order yet. */
  get waiting(): number {
    return this.#gathered.length + this.#unorderedEntries;
  }

  gather(entries: readonly Uint8Array[]): void {
    for (const entry of entries) {
      this.#gathered.push(entry);
      this.#gatheredBytes += entry.length;
    }
  }

  /**
   * Makes runs of everything gathered since the last call, and keeps them until they are ordered. What is large stays alone, so
   * that it is not copied; what is small and follows each other becomes one.
   */
  takeRuns(): readonly EntryRun[] {
    const gathered = this.#gathered;
    if (gathered.length === 0) return none;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (gathered.length === 1) return [this.#makeRun(gathered)];
    const runs: EntryRun[] = [];
    for (let start = 0, end = 1; start < gathered.length; start = end++) {
      if (!isLarge(gathered[start]!)) while (end < gathered.length && !isLarge(gathered[end]!)) end++;
      runs.push(this.#makeRun(gathered.slice(start, end)));
    }
    return runs;
  }

  /** The runs behind `known`, which the sequencer has not got yet, in order. */
  after(known: number): EntryRun[] {
    const runs: EntryRun[] = [];
    for (const run of this.#unordered.toArray()) {
      if (lastSubmission(run) <= known) continue;
      runs.push(cutRun(run, Math.max(0, known + 1 - run.firstSubmission)));
    }
    return runs;
  }

  /** Everything up to `through` is in the order. */
  ordered(through: SubmissionNumber): void {
    let head = this.#unordered.first;
    while (head !== undefined && lastSubmission(head) <= through) {
      this.#forget(head);
      this.#unordered.shift();
      head = this.#unordered.first;
    }
    if (head !== undefined && head.firstSubmission <= through) {
      const rest = cutRun(head, through + 1 - head.firstSubmission);
      this.#forget(head);
      this.#unordered.replaceFirst(rest);
      this.#unorderedBytes += rest.payload.length;
      this.#unorderedEntries += rest.lengths.length;
    }
  }

  #makeRun(entries: readonly Uint8Array[]): EntryRun {
    const run: EntryRun = {
      sender: this.#self,
      firstSubmission: this.#next as SubmissionNumber,
      lengths: entries.map((entry) => entry.length),
      payload: entries.length === 1 ? entries[0]! : concatenate(entries),
    };
    this.#next += run.lengths.length;
    this.#unordered.push(run);
    this.#unorderedBytes += run.payload.length;
    this.#unorderedEntries += run.lengths.length;
    return run;
  }

  #forget(run: EntryRun): void {
    this.#unorderedBytes -= run.payload.length;
    this.#unorderedEntries -= run.lengths.length;
  }
}
