import type { ConnectionNumber, Epoch, OrderNumber, Position } from '@lockstep/contracts';
import type { AttachRefused, ConnectionState, MemberToClient } from '../protocol/connections/client-link.js';
import type { Block } from './block.js';
import { type BlockReader, decodeStrictly, Malformed } from './block-reader.js';
import { BlockWriter } from './block-writer.js';
import { integer, list, ordinal, present } from './checked-fields.js';
import { lockstep } from './generated/lockstep.js';
import { wireLimits } from './limits.js';
import { decodeOutput, encodeOutput } from './output-codec.js';
import { decodeProgress, encodeProgress } from './progress-codec.js';
import { decodeIncarnations, decodeView, encodeView } from './view-codec.js';
import { memberCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

/** The wire codes of the reasons for which a member refuses an attachment. */
const refusalReasons = {
  'not-a-member': wire.AttachRefusalReason.ATTACH_REFUSAL_NOT_A_MEMBER,
  superseded: wire.AttachRefusalReason.ATTACH_REFUSAL_SUPERSEDED,
  'bad-input': wire.AttachRefusalReason.ATTACH_REFUSAL_BAD_INPUT,
  overloaded: wire.AttachRefusalReason.ATTACH_REFUSAL_OVERLOADED,
  leaving: wire.AttachRefusalReason.ATTACH_REFUSAL_LEAVING,
  'no-quorum': wire.AttachRefusalReason.ATTACH_REFUSAL_NO_QUORUM,
} as const satisfies Record<AttachRefused['reason'], lockstep.wire.AttachRefusalReason>;

/**
 * Encodes what a member says to a client interceptor.
 *
 * @returns one or more frames, in pieces for one gathering write; payloads are the message's own buffers
 */
export function encodeMemberMessage(message: MemberToClient): Uint8Array[] {
  switch (message.kind) {
    case 'output':
      return encodeOutput(message);
    case 'progress':
      return encodeProgress(message);
    case 'states': {
      const { epoch, connections } = message;
      return BlockWriter.encodeFrame(codes.states, wire.ConnectionStates, { epoch, connections: [...connections] });
    }
    case 'attached': {
      const { connections, view } = message;
      const fields = { ...message, connections: [...connections], view: encodeView(view) };
      return BlockWriter.encodeFrame(codes.attached, wire.Attached, fields);
    }
    case 'view':
      return BlockWriter.encodeFrame(codes.view, wire.ViewNotice, { view: encodeView(message.view) });
    case 'refused': {
      const { reason, members } = message;
      const fields = { reason: refusalReasons[reason], members: [...members] };
      return BlockWriter.encodeFrame(codes.refused, wire.AttachRefused, fields);
    }
    case 'expired':
      return BlockWriter.encodeFrame(codes.expired, wire.Expired, {});
    case 'heartbeat':
      return BlockWriter.encodeFrame(codes.heartbeat, wire.Heartbeat, {});
  }
}

/**
 * Decodes what a member said. Payloads are parts of the block's buffer.
 *
 * @returns undefined if it is malformed in any way
 */
export function decodeMemberMessage(block: Block): MemberToClient | undefined {
  return decodeStrictly(block, (reader) => {
    switch (reader.code) {
      case codes.output:
        return decodeOutput(reader);
      case codes.progress:
        return decodeProgress(reader);
      case codes.states: {
        const { epoch, connections } = reader.header(wire.ConnectionStates);
        return { kind: 'states', epoch: ordinal<Epoch>(epoch), connections: decodeConnectionStates(connections) };
      }
      case codes.attached:
        return decodeAttached(reader);
      default:
        return decodeNotice(reader);
    }
  });
}

function decodeAttached(reader: BlockReader): MemberToClient {
  const { epoch, order, connections, nextConnection, view } = reader.header(wire.Attached);
  return {
    kind: 'attached',
    epoch: ordinal<Epoch>(epoch),
    order: ordinal<OrderNumber>(order),
    connections: decodeConnectionStates(connections),
    nextConnection: ordinal<ConnectionNumber>(nextConnection),
    view: decodeView(present(view)),
  };
}

/** The messages that have little to say. */
function decodeNotice(reader: BlockReader): MemberToClient | undefined {
  switch (reader.code) {
    case codes.view:
      return { kind: 'view', view: decodeView(present(reader.header(wire.ViewNotice).view)) };
    case codes.refused: {
      const { reason, members } = reader.header(wire.AttachRefused);
      return { kind: 'refused', reason: decodeReason(reason), members: decodeIncarnations(members) };
    }
    case codes.expired:
      reader.header(wire.Expired);
      return { kind: 'expired' };
    case codes.heartbeat:
      reader.header(wire.Heartbeat);
      return { kind: 'heartbeat' };
    default:
      return undefined;
  }
}

function decodeConnectionStates(states: readonly lockstep.wire.ConnectionState.$Properties[]): ConnectionState[] {
  return list(states, wireLimits.listedConnectionsMax, ({ connection, input, taken }) => ({
    connection: ordinal<ConnectionNumber>(connection),
    input: integer<Position>(input),
    taken: integer<Position>(taken),
  }));
}

function decodeReason(code: lockstep.wire.AttachRefusalReason): AttachRefused['reason'] {
  for (const [reason, known] of Object.entries(refusalReasons)) {
    if (known === code) return reason as AttachRefused['reason'];
  }
  throw new Malformed('a reason of unknown code');
}
