import type { Ballot, IncarnationId, OrderNumber, ViewNumber } from '@lockstep/contracts';
import type { PeerMessage } from '../protocol/messages.js';
import type { Block } from './block.js';
import { type BlockReader, decodeStrictly } from './block-reader.js';
import { identity, integer, optionalIdentity, ordinal, present, sentence } from './checked-fields.js';
import { lockstep } from './generated/lockstep.js';
import { decodeEntries, decodeOrder, decodeReceipt, decodeSubmit } from './order-codec.js';
import { decodeIncarnations, decodeMember, decodeView, decodeViewChange } from './view-codec.js';
import { peerCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

/**
 * Decodes what another member said. Payloads are parts of the block's buffer.
 *
 * @returns undefined if it is malformed in any way
 */
export function decodePeerMessage(block: Block): PeerMessage | undefined {
  return decodeStrictly(block, (reader) => decodeOrderMessage(reader) ?? decodeViewMessage(reader));
}

/** The messages that carry or concern entries. */
function decodeOrderMessage(reader: BlockReader): PeerMessage | undefined {
  switch (reader.code) {
    case codes.order:
      return decodeOrder(reader);
    case codes.submit:
      return decodeSubmit(reader);
    case codes.receipt:
      return decodeReceipt(reader);
    case codes.entries:
      return decodeEntries(reader);
    case codes.fetch: {
      const { from, to } = reader.header(wire.Fetch);
      return { kind: 'fetch', from: ordinal<OrderNumber>(from), to: ordinal<OrderNumber>(to) };
    }
    case codes.status: {
      const { genesis, view, received, submissions } = reader.header(wire.Status);
      return {
        kind: 'status',
        genesis: optionalIdentity(genesis),
        view: integer<ViewNumber>(view),
        received: integer<OrderNumber>(received),
        submissions: integer(submissions),
      };
    }
    default:
      return undefined;
  }
}

/** The messages that bring a view about. */
function decodeViewMessage(reader: BlockReader): PeerMessage | undefined {
  switch (reader.code) {
    case codes.prepare:
      return { kind: 'prepare', ...decodeBallot(reader.header(wire.Prepare)) };
    case codes['prepare-refused']: {
      const refused = reader.header(wire.PrepareRefused);
      return { kind: 'prepare-refused', ...decodeBallot(refused), promised: integer<Ballot>(refused.promised) };
    }
    case codes.promise: {
      const promise = reader.header(wire.Promise);
      const accepted = promise.accepted && {
        ballot: integer<Ballot>(promise.accepted.ballot),
        value: decodeViewChange(present(promise.accepted.value)),
      };
      const received = integer<OrderNumber>(promise.received);
      return { kind: 'promise', ...decodeBallot(promise), received, accepted: accepted ?? undefined };
    }
    case codes.accept: {
      const accept = reader.header(wire.Accept);
      return { kind: 'accept', ...decodeBallot(accept), value: decodeViewChange(present(accept.value)) };
    }
    case codes.accepted:
      return { kind: 'accepted', ...decodeBallot(reader.header(wire.Accepted)) };
    case codes.install:
      return { kind: 'install', view: decodeView(present(reader.header(wire.Install).view)) };
    case codes.genesis:
      return { kind: 'genesis', view: decodeView(present(reader.header(wire.Genesis).view)) };
    case codes['genesis-answer']:
      return { kind: 'genesis-answer', genesis: optionalIdentity(reader.header(wire.GenesisAnswer).genesis) };
    default:
      return decodeMembershipMessage(reader);
  }
}

/** What members say about who belongs to the group. */
function decodeMembershipMessage(reader: BlockReader): PeerMessage | undefined {
  switch (reader.code) {
    case codes.suspicion: {
      const { view, by, targets } = reader.header(wire.Suspicion);
      return {
        kind: 'suspicion',
        view: ordinal<ViewNumber>(view),
        by: identity<IncarnationId>(by),
        targets: decodeIncarnations(targets),
      };
    }
    case codes.join:
      return { kind: 'join', joiner: decodeMember(present(reader.header(wire.Join).joiner)) };
    case codes.ready: {
      const { view, executed, linked } = reader.header(wire.Ready);
      return {
        kind: 'ready',
        view: ordinal<ViewNumber>(view),
        executed: integer<OrderNumber>(executed),
        linked: decodeIncarnations(linked),
      };
    }
    case codes.leave:
      return { kind: 'leave', view: integer<ViewNumber>(reader.header(wire.Leave).view) };
    case codes.excluded: {
      const { view, reason } = reader.header(wire.Excluded);
      return { kind: 'excluded', view: integer<ViewNumber>(view), reason: sentence(reason) };
    }
    default:
      return undefined;
  }
}

function decodeBallot(fields: { readonly view: number; readonly ballot: number }): {
  view: ViewNumber;
  ballot: Ballot;
} {
  return { view: ordinal<ViewNumber>(fields.view), ballot: integer<Ballot>(fields.ballot) };
}
