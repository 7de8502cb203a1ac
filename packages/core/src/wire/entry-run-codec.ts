import type { EntryRun, IncarnationId, OrderNumber, SubmissionNumber } from '@lockstep/contracts';
import { limits } from '../protocol/limits.js';
import { type BlockReader, Malformed } from './block-reader.js';
import { checkRange, identity, list, ordinal } from './checked-fields.js';
import type { lockstep } from './generated/lockstep.js';
import { wireLimits } from './limits.js';

/** The header's part of a run; `payload` goes into the body. */
export function encodeRun(run: EntryRun): lockstep.wire.EntryRun.$Properties {
  return { sender: run.sender, firstSubmission: run.firstSubmission, lengths: run.lengths as number[] };
}

/** Takes the run's entries from the body. */
export function decodeRun(reader: BlockReader, run: lockstep.wire.EntryRun.$Properties): EntryRun {
  const lengths = run.lengths ?? [];
  if (lengths.length === 0 || lengths.length > wireLimits.entriesPerFrameMax)
    throw new Malformed('a run of no good length');
  let byteLength = 0;
  for (const length of lengths) {
    if (length > limits.entryBytesMax) throw new Malformed('an entry is too large');
    byteLength += length;
  }
  const firstSubmission = ordinal<SubmissionNumber>(run.firstSubmission);
  checkRange(firstSubmission, lengths.length);
  return { sender: identity<IncarnationId>(run.sender), firstSubmission, lengths, payload: reader.take(byteLength) };
}

/** All runs of a message, in order; `first` is the order number of the first entry. */
export function decodeRuns(
  reader: BlockReader,
  first: OrderNumber,
  runs: readonly lockstep.wire.EntryRun.$Properties[],
): EntryRun[] {
  checkRange(first, wireLimits.runsPerFrameMax * wireLimits.entriesPerFrameMax);
  return list(runs, wireLimits.runsPerFrameMax, (run) => decodeRun(reader, run));
}
