import type { EntryRun, SubmissionNumber } from '@lockstep/contracts';
import { limits } from '../limits.js';

/** The submission number of the run's last entry. */
export function lastSubmission(run: EntryRun): SubmissionNumber {
  return (run.firstSubmission + run.lengths.length - 1) as SubmissionNumber;
}

/** The entries `skip` to `skip + take - 1` of a run, sharing its bytes. */
export function cutRun(run: EntryRun, skip: number, take: number = run.lengths.length - skip): EntryRun {
  if (skip === 0 && take === run.lengths.length) return run;
  const lengths = run.lengths.slice(skip, skip + take);
  const start = sum(run.lengths, 0, skip);
  return {
    sender: run.sender,
    firstSubmission: (run.firstSubmission + skip) as SubmissionNumber,
    lengths,
    payload: run.payload.subarray(start, start + sum(lengths, 0, lengths.length)),
  };
}

/**
 * Appends what is new of `runs`, whose first entry has the order number `first`, to something that ends at `last`. The
 * caller has seen to it that there is no gap.
 */
export function appendNew(
  first: number,
  runs: readonly EntryRun[],
  last: number,
  append: (run: EntryRun) => void,
): void {
  let skip = last + 1 - first;
  for (const run of runs) {
    if (skip >= run.lengths.length) {
      skip -= run.lengths.length;
      continue;
    }
    append(cutRun(run, skip));
    skip = 0;
  }
}

/**
 * Makes one run of runs that follow each other in the submissions of one sender, copying their bytes: history is kept as it
 * came, in many small runs, and travels better in few. Large ones stay as they are.
 */
export function joinRuns(runs: readonly EntryRun[]): EntryRun[] {
  const joined: EntryRun[] = [];
  for (let start = 0, end = 1; start < runs.length; start = end++) {
    while (end < runs.length && isJoined(runs[end - 1]!, runs[end]!)) end++;
    joined.push(end - start === 1 ? runs[start]! : join(runs.slice(start, end)));
  }
  return joined;
}

/** Whether its bytes are not worth being copied. */
function isLarge(run: EntryRun): boolean {
  return run.payload.length >= limits.keptRunBytesMin;
}

/** Whether `next` goes on in the submissions of the same sender. */
function follows(run: EntryRun, next: EntryRun): boolean {
  return next.sender === run.sender && next.firstSubmission === run.firstSubmission + run.lengths.length;
}

/** Whether a run becomes one with the run before it, where runs are put together. */
function isJoined(previous: EntryRun, run: EntryRun): boolean {
  return follows(previous, run) && !isLarge(previous) && !isLarge(run);
}

/** The number of entries in several runs. */
export function countEntries(runs: readonly EntryRun[]): number {
  let count = 0;
  for (const run of runs) count += run.lengths.length;
  return count;
}

function join(runs: readonly EntryRun[]): EntryRun {
  const { sender, firstSubmission } = runs[0]!;
  const payloads = runs.map((run) => run.payload);
  return { sender, firstSubmission, lengths: runs.flatMap((run) => run.lengths), payload: concatenate(payloads) };
}

/** All parts, one behind the other, in a buffer of their own. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  let bytes = 0;
  for (const part of parts) bytes += part.length;
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function sum(lengths: readonly number[], from: number, to: number): number {
  let total = 0;
  for (let index = from; index < to; index++) total += lengths[index]!;
  return total;
}
