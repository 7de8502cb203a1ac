import type { EntryRun } from '@lockstep/contracts';
import { countEntries } from '../protocol/order/entry-run.js';
import type { PeerMessage } from '../protocol/messages.js';
import { BlockWriter } from './block-writer.js';
import { cutRuns } from './cut-runs.js';
import { lockstep } from './generated/lockstep.js';
import { encodeEntriesFrame, encodeOrderFrame, encodeReceipt, encodeSubmitFrame } from './order-codec.js';
import { encodeView, encodeViewChange } from './view-codec.js';
import { peerCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

/**
 * Encodes what one member says to others.
 *
 * @returns one or more frames, in pieces for one gathering write; payloads are the message's own buffers
 */
export function encodePeerMessage(message: PeerMessage): Uint8Array[] {
  switch (message.kind) {
    case 'order':
      return encodeGroups(message.first, message.runs, (next, group) => encodeOrderFrame(message, next, group));
    case 'submit':
      return encodeGroups(message.run.firstSubmission, [message.run], (_, group) =>
        group.flatMap((run) => encodeSubmitFrame(message, run)),
      );
    case 'entries':
      return encodeGroups(message.first, message.runs, (next, group) => encodeEntriesFrame(message, next, group));
    case 'receipt':
      return encodeReceipt(message);
    case 'status':
      return BlockWriter.encodeFrame(codes.status, wire.Status, message);
    case 'suspicion':
      return BlockWriter.encodeFrame(codes.suspicion, wire.Suspicion, { ...message, targets: [...message.targets] });
    case 'join':
      return BlockWriter.encodeFrame(codes.join, wire.Join, message);
    case 'ready':
      return BlockWriter.encodeFrame(codes.ready, wire.Ready, { ...message, linked: [...message.linked] });
    case 'leave':
      return BlockWriter.encodeFrame(codes.leave, wire.Leave, message);
    case 'excluded':
      return BlockWriter.encodeFrame(codes.excluded, wire.Excluded, message);
    case 'fetch':
      return BlockWriter.encodeFrame(codes.fetch, wire.Fetch, message);
    default:
      return encodeViewMessage(message);
  }
}

type ViewMessage = Extract<
  PeerMessage,
  {
    kind: 'prepare' | 'prepare-refused' | 'promise' | 'accept' | 'accepted' | 'install' | 'genesis' | 'genesis-answer';
  }
>;

/** The messages that bring a view about. */
function encodeViewMessage(message: ViewMessage): Uint8Array[] {
  switch (message.kind) {
    case 'prepare':
      return BlockWriter.encodeFrame(codes.prepare, wire.Prepare, message);
    case 'prepare-refused':
      return BlockWriter.encodeFrame(codes['prepare-refused'], wire.PrepareRefused, message);
    case 'promise': {
      const { view, ballot, received, accepted } = message;
      const before = accepted && { ballot: accepted.ballot, value: encodeViewChange(accepted.value) };
      return BlockWriter.encodeFrame(codes.promise, wire.Promise, { view, ballot, received, accepted: before ?? null });
    }
    case 'accept': {
      const { view, ballot, value } = message;
      return BlockWriter.encodeFrame(codes.accept, wire.Accept, { view, ballot, value: encodeViewChange(value) });
    }
    case 'accepted':
      return BlockWriter.encodeFrame(codes.accepted, wire.Accepted, message);
    case 'install':
      return BlockWriter.encodeFrame(codes.install, wire.Install, { view: encodeView(message.view) });
    case 'genesis':
      return BlockWriter.encodeFrame(codes.genesis, wire.Genesis, { view: encodeView(message.view) });
    case 'genesis-answer':
      return BlockWriter.encodeFrame(codes['genesis-answer'], wire.GenesisAnswer, message);
  }
}

/** Encodes each group of runs that goes into one frame; `next` is the number of its first entry. */
function encodeGroups(
  first: number,
  runs: readonly EntryRun[],
  encode: (next: number, group: readonly EntryRun[]) => Uint8Array[],
): Uint8Array[] {
  const groups = cutRuns(runs);
  if (groups.length === 1) return encode(first, groups[0]!);
  let next = first;
  return groups.flatMap((group) => {
    const frame = encode(next, group);
    next += countEntries(group);
    return frame;
  });
}
