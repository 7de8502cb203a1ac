import type { ClientToMember, MemberToClient } from '../protocol/connections/client-link.js';
import { advance, canBeCut, type Piece } from '../protocol/connections/piece.js';
import { Block, frameLengthBytes, headerLengthBytes } from './block.js';
import { decodeClientMessage, encodeBatch } from './client-message-codec.js';
import { encodeCommands, encodeCommandsHead } from './commands-codec.js';
import { decodeEntry } from './entry-codec.js';
import { wireLimits } from './limits.js';
import { decodeMemberMessage } from './member-message-codec.js';
import { encodeOutputHead } from './output-codec.js';

/** A frame that is not whole yet, cut in two behind what is there of it. */
export interface CutFrame<Message> {
  /** What is there. It does not refer to those of the frame's bytes that `restHead` takes the place of, the last ones there. */
  readonly message: Message;
  /** How the frame of the rest begins: what is still to come belongs behind it. Not longer than what is there. */
  readonly restHead: Uint8Array;
}

/**
 * Cuts a frame in the midst of a stream of bytes, so that what is there of it need not wait for the rest: on a slow link that
 * takes as long as to send it.
 *
 * @param frame room for the whole frame, without its length
 * @param filledBytes how many of its bytes are there
 * @returns undefined if it is of another kind, or if nothing would be gained
 */
export type FrameCutter<Message> = (frame: Uint8Array, filledBytes: number) => CutFrame<Message> | undefined;

/** Cuts a batch of commands in the midst of a request. */
export const cutClientFrame: FrameCutter<ClientToMember> = (frame, filledBytes) => {
  const block = findHeader(frame, 0, filledBytes);
  if (block === undefined || findHeader(frame, block.bodyStart, filledBytes) === undefined) return undefined;
  const message = decodeClientMessage(block);
  if (message?.kind !== 'commands') return undefined;
  const { entry } = message;
  const cut = cutList(entry.commands, frame, filledBytes);
  if (cut === undefined) return undefined;
  const encodedHead = encodeCommandsHead({ ...entry, commands: cut.rest });
  const restHead = headOf(encodeBatch([encodedHead]));
  if (restHead.length > cut.bytes) return undefined;
  const encoded = encodeCommands({ ...entry, commands: cut.part });
  const part = decodeEntry(encoded);
  return part?.kind === 'commands'
    ? { message: { kind: 'commands', entry: part, encoded, isPart: true }, restHead }
    : undefined;
};

/** Cuts released output in the midst of a reply. */
export const cutMemberFrame: FrameCutter<MemberToClient> = (frame, filledBytes) => {
  const block = findHeader(frame, 0, filledBytes);
  const message = block && decodeMemberMessage(block);
  if (message?.kind !== 'output') return undefined;
  const cut = cutList(message.segments, frame, filledBytes);
  if (cut === undefined) return undefined;
  const restHead = headOf(encodeOutputHead({ ...message, segments: cut.rest }));
  if (restHead.length > cut.bytes) return undefined;
  return { message: { ...message, segments: cut.part, news: undefined }, restHead };
};

/** @returns the block that goes from `start` to the end of the frame, if its header is there */
function findHeader(frame: Uint8Array, start: number, filledBytes: number): Block | undefined {
  if (start + headerLengthBytes > filledBytes) return undefined;
  const block = Block.at(frame, start, frame.length);
  return block === undefined || block.bodyStart > filledBytes ? undefined : block;
}

type Item = { readonly kind: string } | DataItem;
type DataItem = Piece & { readonly kind: 'data' };

interface CutList<Listed> {
  readonly part: readonly Listed[];
  readonly rest: readonly Listed[];
  /** How much of the piece that was cut is there. */
  readonly bytes: number;
}

/** Cuts a list in the midst of the first piece that is not all there. */
function cutList<Listed extends Item>(
  list: readonly Listed[],
  frame: Uint8Array,
  filledBytes: number,
): CutList<Listed> | undefined {
  for (const [index, item] of list.entries()) {
    if (!isData(item)) continue;
    const start = item.payload.byteOffset - frame.byteOffset;
    const bytes = filledBytes - start;
    if (bytes >= item.payload.length) continue;
    if (bytes < wireLimits.partBytesMin || !canBeCut(item)) return undefined;
    const there: Listed = { ...item, length: bytes, payload: Uint8Array.from(item.payload.subarray(0, bytes)) };
    const missing: Listed = {
      ...item,
      position: advance(item.position, bytes),
      length: item.length - bytes,
      payload: item.payload.subarray(bytes),
    };
    return { part: [...list.slice(0, index), there], rest: [missing, ...list.slice(index + 1)], bytes };
  }
  return undefined;
}

function isData(item: Item): item is DataItem {
  return item.kind === 'data';
}

/** A frame without payloads, and without its length. */
function headOf(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces).subarray(frameLengthBytes);
}
