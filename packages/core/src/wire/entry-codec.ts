import type { ClientId, ConnectionNumber, Epoch, IncarnationId, Position } from '@lockstep/contracts';
import type { Acknowledgement, Entry } from '../protocol/connections/entry.js';
import { Block } from './block.js';
import { type BlockReader, decodeStrictly } from './block-reader.js';
import { BlockWriter } from './block-writer.js';
import { identity, integer, list, ordinal } from './checked-fields.js';
import { decodeCommands, encodeCommands } from './commands-codec.js';
import { lockstep } from './generated/lockstep.js';
import { wireLimits } from './limits.js';
import { entryCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

/** Encodes an entry into one buffer: the bytes that the group orders, and that travel from here on unchanged. */
export function encodeEntry(entry: Entry): Uint8Array {
  switch (entry.kind) {
    case 'attach':
      return BlockWriter.encodeEntry(codes.attach, wire.AttachEntry, { ...entry, received: [...entry.received] });
    case 'commands':
      return encodeCommands(entry);
    case 'detach':
      return BlockWriter.encodeEntry(codes.detach, wire.DetachEntry, entry);
    case 'expire':
      return BlockWriter.encodeEntry(codes.expire, wire.ExpireEntry, entry);
  }
}

/**
 * Decodes an ordered entry. Payloads are parts of `bytes`. The answer depends on the bytes alone, so it is the same on
 * every replica.
 *
 * @returns undefined if it is malformed in any way
 */
export function decodeEntry(bytes: Uint8Array): Entry | undefined {
  const block = Block.at(bytes, 0, bytes.length);
  return block && decodeStrictly(block, readEntry);
}

function readEntry(reader: BlockReader): Entry | undefined {
  switch (reader.code) {
    case codes.attach: {
      const { client, epoch, member, established, received } = reader.header(wire.AttachEntry);
      return {
        kind: 'attach',
        client: identity<ClientId>(client),
        epoch: ordinal<Epoch>(epoch),
        member: identity<IncarnationId>(member),
        established,
        received: decodeAcknowledgements(received),
      };
    }
    case codes.commands:
      return decodeCommands(reader);
    case codes.detach: {
      const { client, epoch } = reader.header(wire.DetachEntry);
      return { kind: 'detach', client: identity<ClientId>(client), epoch: ordinal<Epoch>(epoch) };
    }
    case codes.expire: {
      const { client, epoch } = reader.header(wire.ExpireEntry);
      return { kind: 'expire', client: identity<ClientId>(client), epoch: ordinal<Epoch>(epoch) };
    }
    default:
      return undefined;
  }
}

/** The acknowledgements in an attachment. */
export function decodeAcknowledgements(
  received: readonly lockstep.wire.Acknowledgement.$Properties[],
): Acknowledgement[] {
  return list(received, wireLimits.listedConnectionsMax, decodeAcknowledgement);
}

function decodeAcknowledgement(fields: lockstep.wire.Acknowledgement.$Properties): Acknowledgement {
  return {
    connection: ordinal<ConnectionNumber>(fields.connection),
    position: integer<Position>(fields.position),
    ended: fields.ended === true,
  };
}
