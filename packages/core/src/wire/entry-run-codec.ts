import type { EntryRun, IncarnationId, OrderNumber, SubmissionNumber } from '@lockstep/contracts';
import { limits } from '../protocol/limits.js';
import { type BlockReader, Malformed } from './block-reader.js';
import { checkRange, identity, ordinal } from './checked-fields.js';
import { fieldWriter as writer } from './field-writer.js';
import { wireLimits } from './limits.js';
import { tags } from './tags.js';

/** Writes the header's part of a run; `payload` goes into the body. */
export function encodeRun(tag: number, run: EntryRun): void {
  const start = writer.open(tag);
  writer.text(tags.entryRun.sender, run.sender);
  writer.integer(tags.entryRun.firstSubmission, run.firstSubmission);
  writer.integers(tags.entryRun.lengths, run.lengths);
  writer.close(start);
}

/** Reads a run, behind its tag, and takes its entries from the body. */
export function decodeRun(reader: BlockReader, messageEnd: number): EntryRun {
  const end = reader.fieldEndBefore(messageEnd);
  let sender = '';
  let submission = 0;
  const lengths: number[] = [];
  while (reader.pos < end) {
    const tag = reader.tagBefore(end);
    switch (tag) {
      case tags.entryRun.sender:
        sender = reader.textBefore(end);
        break;
      case tags.entryRun.firstSubmission:
        submission = reader.integerBefore(end);
        break;
      case tags.entryRun.lengths:
        for (const fieldEnd = reader.fieldEndBefore(end); reader.pos < fieldEnd;) {
          addLength(lengths, reader.integerBefore(fieldEnd));
        }
        break;
      case tags.entryRun.lengthUnpacked:
        addLength(lengths, reader.integerBefore(end));
        break;
      default:
        reader.skipFieldBefore(end, tag);
    }
  }
  if (lengths.length === 0) throw new Malformed('a run without entries');
  let byteLength = 0;
  for (let index = 0; index < lengths.length; index++) byteLength += lengths[index]!;
  const firstSubmission = ordinal<SubmissionNumber>(submission);
  checkRange(firstSubmission, lengths.length);
  return { sender: identity<IncarnationId>(sender), firstSubmission, lengths, payload: reader.take(byteLength) };
}

/** Reads one more run of a message into `runs`, which are in order. */
export function decodeNextRun(reader: BlockReader, messageEnd: number, runs: EntryRun[]): void {
  if (runs.length === wireLimits.runsPerFrameMax) throw new Malformed('a list is too long');
  runs.push(decodeRun(reader, messageEnd));
}

/** Checks the order number of the first entry of the runs of a message. */
export function firstOf(field: number): OrderNumber {
  const first = ordinal<OrderNumber>(field);
  checkRange(first, wireLimits.runsPerFrameMax * wireLimits.entriesPerFrameMax);
  return first;
}

function addLength(lengths: number[], length: number): void {
  if (length > limits.entryBytesMax) throw new Malformed('an entry is too large');
  if (lengths.length === wireLimits.entriesPerFrameMax) throw new Malformed('a run of too many entries');
  lengths.push(length);
}
