import type { ClientId, ConnectionNumber, Epoch, IncarnationId, Position } from '@lockstep/contracts';
import type { Acknowledgement, Command, CommandsEntry, Entry } from '../protocol/connections/entry.js';
import { Block } from './block.js';
import { type BlockReader, decodeStrictly, Malformed } from './block-reader.js';
import { BlockWriter } from './block-writer.js';
import { checkRange, identity, integer, list, ordinal } from './checked-fields.js';
import { lockstep } from './generated/lockstep.js';
import { wireLimits } from './limits.js';
import { entryCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

const kinds = wire.CommandKind;

/** Encodes an entry into one buffer: the bytes that the group orders, and that travel from here on unchanged. */
export function encodeEntry(entry: Entry): Uint8Array {
  switch (entry.kind) {
    case 'attach':
      return BlockWriter.encodeEntry(codes.attach, wire.AttachEntry, { ...entry, received: [...entry.received] });
    case 'commands': {
      const { client, epoch, commands } = entry;
      const payloads: Uint8Array[] = [];
      for (const command of commands) if (command.kind === 'data') payloads.push(command.payload);
      const fields = { client, epoch, commands: commands.map(encodeCommand) };
      return BlockWriter.encodeEntry(codes.commands, wire.CommandsEntry, fields, payloads);
    }
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
  const block = Block.at(bytes, 0, bytes.byteLength);
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
      return readCommands(reader);
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

function readCommands(reader: BlockReader): CommandsEntry {
  const { client, epoch, commands } = reader.header(wire.CommandsEntry);
  return {
    kind: 'commands',
    client: identity<ClientId>(client),
    epoch: ordinal<Epoch>(epoch),
    commands: list(commands, wireLimits.commandsPerEntryMax, (command) => decodeCommand(reader, command)),
  };
}

function encodeCommand(command: Command): lockstep.wire.Command.$Properties {
  switch (command.kind) {
    case 'data': {
      const { connection, position, length, payload } = command;
      return { kind: kinds.COMMAND_DATA, connection, position, length, bytes: payload.byteLength };
    }
    case 'acknowledge': {
      const { connection, position, ended } = command;
      return { kind: kinds.COMMAND_ACKNOWLEDGE, connection, position, ended };
    }
    case 'open':
      return { kind: kinds.COMMAND_OPEN, connection: command.connection, endpoint: command.endpoint };
    case 'end':
      return { kind: kinds.COMMAND_END, connection: command.connection, position: command.position };
    case 'reset':
      return { kind: kinds.COMMAND_RESET, connection: command.connection };
  }
}

function decodeCommand(reader: BlockReader, command: lockstep.wire.Command.$Properties): Command {
  const connection = ordinal<ConnectionNumber>(command.connection);
  switch (command.kind) {
    case kinds.COMMAND_DATA: {
      const position = integer<Position>(command.position);
      const length = integer(command.length);
      checkRange(position, length);
      return { kind: 'data', connection, position, length, payload: reader.take(integer(command.bytes)) };
    }
    case kinds.COMMAND_ACKNOWLEDGE: {
      const position = integer<Position>(command.position);
      return { kind: 'acknowledge', connection, position, ended: command.ended === true };
    }
    case kinds.COMMAND_OPEN:
      return { kind: 'open', connection, endpoint: identity(command.endpoint) };
    case kinds.COMMAND_END:
      return { kind: 'end', connection, position: integer<Position>(command.position) };
    case kinds.COMMAND_RESET:
      return { kind: 'reset', connection };
    default:
      throw new Malformed('a command of unknown kind');
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
