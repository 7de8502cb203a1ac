import type { Epoch } from '@lockstep/contracts';
import type { ClientToMember, FromClient } from '../protocol/connections/client-link.js';
import type { CommandsEntry } from '../protocol/connections/entry.js';
import type { Block } from './block.js';
import { type BlockReader, decodeStrictly } from './block-reader.js';
import { BlockWriter } from './block-writer.js';
import { ordinal } from './checked-fields.js';
import { encodeCommandsInPieces } from './commands-codec.js';
import { decodeAcknowledgements, decodeEntry } from './entry-codec.js';
import { fieldWriter as writer } from './field-writer.js';
import { lockstep } from './generated/lockstep.js';
import { clientCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

/**
 * Encodes what a client interceptor says to a member.
 *
 * @returns one frame, in pieces for one gathering write; large payloads are passed on as they are
 */
export function encodeClientMessage(message: FromClient): Uint8Array[] {
  switch (message.kind) {
    case 'attach': {
      const { epoch, established, received } = message;
      return BlockWriter.encodeFrame(codes.attach, wire.Attach, { epoch, established, received: [...received] });
    }
    case 'commands':
      return encodeBatch(encodeCommandsInPieces(message.entry));
    case 'heartbeat':
      return BlockWriter.encodeFrame(codes.heartbeat, wire.Heartbeat, {});
  }
}

/** @param encoded a batch of commands, or the beginning of one, in pieces */
export function encodeBatch(encoded: readonly Uint8Array[]): Uint8Array[] {
  writer.start();
  return writer.finishFrame(codes.commands, encoded);
}

/**
 * Decodes what a client interceptor said. Payloads are parts of the block's buffer.
 *
 * @returns undefined if it is malformed in any way
 */
export function decodeClientMessage(block: Block): ClientToMember | undefined {
  return decodeStrictly(block, (reader) => {
    switch (reader.code) {
      case codes.attach: {
        const { epoch, established, received } = reader.header(wire.Attach);
        return {
          kind: 'attach',
          epoch: ordinal<Epoch>(epoch),
          established,
          received: decodeAcknowledgements(received),
        };
      }
      case codes.commands:
        return decodeCommands(reader);
      case codes.heartbeat:
        reader.header(wire.Heartbeat);
        return { kind: 'heartbeat' };
      default:
        return undefined;
    }
  });
}

function decodeCommands(reader: BlockReader): ClientToMember | undefined {
  reader.skipHeader();
  const encoded = reader.takeRest();
  const entry = decodeEntry(encoded);
  return entry?.kind === 'commands' ? { kind: 'commands', entry: entry satisfies CommandsEntry, encoded } : undefined;
}
