import type { ConnectionNumber, Epoch, Position } from '@lockstep/contracts';
import type { News, Progress } from '../protocol/connections/client-link.js';
import { type BlockReader, Malformed } from './block-reader.js';
import { ordinal } from './checked-fields.js';
import { fieldWriter as writer } from './field-writer.js';
import { wireLimits } from './limits.js';
import { tags } from './tags.js';
import { memberCodes } from './wire-codes.js';

export type TakenInput = News['taken'][number];

export function encodeProgress({ epoch, ...news }: Progress): Uint8Array[] {
  writer.start();
  writer.integer(tags.progress.epoch, epoch);
  writeNews(news, tags.progress);
  return writer.finishFrame(memberCodes.progress, []);
}

/** @param at the tags of the message that they are in */
export function writeNews(
  { stableBatches, taken }: News,
  at: { readonly stableBatches: number; readonly taken: number },
): void {
  writer.integer(at.stableBatches, stableBatches);
  for (const { connection, position } of taken) {
    const start = writer.open(at.taken);
    writer.integer(tags.takenInput.connection, connection);
    writer.integer(tags.takenInput.position, position);
    writer.close(start);
  }
}

export function decodeProgress(reader: BlockReader): Progress {
  const { headerEnd } = reader;
  let epoch = 0;
  let stableBatches = 0;
  const taken: TakenInput[] = [];
  while (reader.pos < headerEnd) {
    const tag = reader.tagBefore(headerEnd);
    switch (tag) {
      case tags.progress.epoch:
        epoch = reader.integerBefore(headerEnd);
        break;
      case tags.progress.stableBatches:
        stableBatches = reader.integerBefore(headerEnd);
        break;
      case tags.progress.taken:
        readTaken(reader, headerEnd, taken);
        break;
      default:
        reader.skipFieldBefore(headerEnd, tag);
    }
  }
  return { kind: 'progress', epoch: ordinal<Epoch>(epoch), stableBatches, taken };
}

/** Reads one element of the list. */
export function readTaken(reader: BlockReader, headerEnd: number, taken: TakenInput[]): void {
  if (taken.length === wireLimits.listedConnectionsMax) throw new Malformed('a list is too long');
  taken.push(decodeTaken(reader, reader.fieldEndBefore(headerEnd)));
}

function decodeTaken(reader: BlockReader, end: number): TakenInput {
  let connection = 0;
  let position = 0 as Position;
  while (reader.pos < end) {
    const tag = reader.tagBefore(end);
    switch (tag) {
      case tags.takenInput.connection:
        connection = reader.integerBefore(end);
        break;
      case tags.takenInput.position:
        position = reader.integerBefore(end) as Position;
        break;
      default:
        reader.skipFieldBefore(end, tag);
    }
  }
  return { connection: ordinal<ConnectionNumber>(connection), position };
}
