import type { ClientId, ConnectionNumber, Epoch, Position } from '@lockstep/contracts';
import type { Command, CommandsEntry } from '../protocol/connections/entry.js';
import { canBeCut } from '../protocol/connections/piece.js';
import { type BlockReader, Malformed } from './block-reader.js';
import { checkRange, identity, ordinal } from './checked-fields.js';
import { fieldWriter as writer } from './field-writer.js';
import { wireLimits } from './limits.js';
import { tags } from './tags.js';
import { commandCodes as codes, entryCodes } from './wire-codes.js';

/** Encodes a batch of commands into the bytes that the group orders. */
export function encodeCommands(entry: CommandsEntry): Uint8Array {
  const payloads = writeCommands(entry);
  return writer.finishEntry(entryCodes.commands, payloads);
}

/** The same, in pieces: large payloads are passed on as they are. */
export function encodeCommandsInPieces(entry: CommandsEntry): Uint8Array[] {
  const payloads = writeCommands(entry);
  const isAnyLarge = payloads.some((payload) => payload.length > wireLimits.joinBodyBytesMax);
  if (!isAnyLarge) return [writer.finishEntry(entryCodes.commands, payloads)];
  return [writer.finishEntry(entryCodes.commands, []), ...payloads];
}

/** Encodes a batch of commands without the payloads, which belong behind it in their order. */
export function encodeCommandsHead(entry: CommandsEntry): Uint8Array {
  writeCommands(entry);
  return writer.finishEntry(entryCodes.commands, []);
}

/** @returns the payloads */
function writeCommands({ client, epoch, commands }: CommandsEntry): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  writer.start();
  writer.text(tags.commandsEntry.client, client);
  writer.integer(tags.commandsEntry.epoch, epoch);
  for (const command of commands) {
    const start = writer.open(tags.commandsEntry.commands);
    encodeCommand(command);
    writer.close(start);
    if (command.kind === 'data') payloads.push(command.payload);
  }
  return payloads;
}

/** Decodes a batch of commands. Payloads are parts of the block's buffer. */
export function decodeCommands(reader: BlockReader): CommandsEntry {
  const { headerEnd } = reader;
  let client = '';
  let epoch = 0;
  const commands: Command[] = [];
  while (reader.pos < headerEnd) {
    const tag = reader.tagBefore(headerEnd);
    switch (tag) {
      case tags.commandsEntry.client:
        client = reader.textBefore(headerEnd);
        break;
      case tags.commandsEntry.epoch:
        epoch = reader.integerBefore(headerEnd);
        break;
      case tags.commandsEntry.commands:
        if (commands.length === wireLimits.commandsPerEntryMax) throw new Malformed('a list is too long');
        commands.push(decodeCommand(reader, reader.fieldEndBefore(headerEnd)));
        break;
      default:
        reader.skipFieldBefore(headerEnd, tag);
    }
  }
  return { kind: 'commands', client: identity<ClientId>(client), epoch: ordinal<Epoch>(epoch), commands };
}

function encodeCommand(command: Command): void {
  switch (command.kind) {
    case 'data':
      writer.integer(tags.command.kind, codes.data);
      writer.integer(tags.command.connection, command.connection);
      writer.integer(tags.command.position, command.position);
      if (!canBeCut(command)) writer.integer(tags.command.length, command.length);
      return writer.integer(tags.command.bytes, command.payload.length);
    case 'acknowledge':
      writer.integer(tags.command.kind, codes.acknowledge);
      writer.integer(tags.command.connection, command.connection);
      writer.integer(tags.command.position, command.position);
      return writer.flag(tags.command.ended, command.ended);
    case 'open':
      writer.integer(tags.command.kind, codes.open);
      writer.integer(tags.command.connection, command.connection);
      return writer.text(tags.command.endpoint, command.endpoint);
    case 'end':
      writer.integer(tags.command.kind, codes.end);
      writer.integer(tags.command.connection, command.connection);
      return writer.integer(tags.command.position, command.position);
    case 'reset':
      writer.integer(tags.command.kind, codes.reset);
      return writer.integer(tags.command.connection, command.connection);
  }
}

function decodeCommand(reader: BlockReader, end: number): Command {
  let code = 0;
  let number = 0;
  let position = 0 as Position;
  let length: number | undefined;
  let byteLength = 0;
  let ended = false;
  let endpoint = '';
  while (reader.pos < end) {
    const tag = reader.tagBefore(end);
    switch (tag) {
      case tags.command.kind:
        code = reader.integerBefore(end);
        break;
      case tags.command.connection:
        number = reader.integerBefore(end);
        break;
      case tags.command.position:
        position = reader.integerBefore(end) as Position;
        break;
      case tags.command.length:
        length = reader.integerBefore(end);
        break;
      case tags.command.bytes:
        byteLength = reader.integerBefore(end);
        break;
      case tags.command.ended:
        ended = reader.integerBefore(end) !== 0;
        break;
      case tags.command.endpoint:
        endpoint = reader.textBefore(end);
        break;
      default:
        reader.skipFieldBefore(end, tag);
    }
  }
  const connection = ordinal<ConnectionNumber>(number);
  switch (code) {
    case codes.data:
      // Of a stream of bytes, each is a unit.
      length ??= byteLength;
      checkRange(position, length);
      return { kind: 'data', connection, position, length, payload: reader.take(byteLength) };
    case codes.acknowledge:
      return { kind: 'acknowledge', connection, position, ended };
    case codes.open:
      return { kind: 'open', connection, endpoint: identity(endpoint) };
    case codes.end:
      return { kind: 'end', connection, position };
    case codes.reset:
      return { kind: 'reset', connection };
    default:
      throw new Malformed('a command of unknown kind');
  }
}
