import type { EntryRun, IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { limits } from '../limits.js';
import { concatenate, cutRun, lastSubmission } from './entry-run.js';

/**
 * This member's own entries until they are seen in the order: gathered until the turn ends, then kept as runs so that
 * they can be submitted again to another sequencer.
 */
export class Submissions {
  readonly #self: IncarnationId;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #unordered: EntryRun[] = [];
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
      this.#gatheredBytes += entry.byteLength;
    }
  }

  /** Makes one run of everything gathered since the last call, and keeps it until it is ordered. */
  takeRun(): EntryRun | undefined {
    if (this.#gathered.length === 0) return undefined;
    const run: EntryRun = {
      sender: this.#self,
      firstSubmission: this.#next as SubmissionNumber,
      lengths: this.#gathered.map((entry) => entry.byteLength),
      payload: this.#gathered.length === 1 ? this.#gathered[0]! : concatenate(this.#gathered),
    };
    this.#next += run.lengths.length;
    this.#unordered.push(run);
    this.#unorderedBytes += run.payload.byteLength;
    this.#unorderedEntries += run.lengths.length;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    return run;
  }

  /** The runs behind `known`, which the sequencer has not got yet, in order. */
  after(known: number): EntryRun[] {
    const runs: EntryRun[] = [];
    for (const run of this.#unordered) {
      if (lastSubmission(run) <= known) continue;
      runs.push(cutRun(run, Math.max(0, known + 1 - run.firstSubmission)));
    }
    return runs;
  }

  /** Everything up to `through` is in the order. */
  ordered(through: SubmissionNumber): void {
    let done = 0;
    while (done < this.#unordered.length && lastSubmission(this.#unordered[done]!) <= through) {
      this.#forget(this.#unordered[done]!);
      done++;
    }
    if (done > 0) this.#unordered.splice(0, done);
    const head = this.#unordered[0];
    if (head !== undefined && head.firstSubmission <= through) {
      const rest = cutRun(head, through + 1 - head.firstSubmission);
      this.#forget(head);
      this.#unordered[0] = rest;
      this.#unorderedBytes += rest.payload.byteLength;
      this.#unorderedEntries += rest.lengths.length;
    }
  }

  #forget(run: EntryRun): void {
    this.#unorderedBytes -= run.payload.byteLength;
    this.#unorderedEntries -= run.lengths.length;
  }
}
