import type { Command, CommandsEntry, CommandsMessage } from '@lockstep/core/protocol';
import { encodeEntry } from '@lockstep/core/simulation';
import type { Random } from '../base/random.js';

const cutChance = 0.25;

/** A batch as a member reads it from a slow link: here and there what has come of a stream of bytes, and then the rest. */
export function cutCommands(entry: CommandsEntry, random: Random): CommandsMessage[] {
  const command = entry.commands.find(isLongStream);
  if (command === undefined || !random.chance(cutChance)) return [messageOf(entry)];
  const index = entry.commands.indexOf(command);
  const length = random.integer(1, command.length - 1);
  const there: Command = { ...command, length, payload: command.payload.subarray(0, length) };
  const missing: Command = {
    ...command,
    position: (command.position + length) as typeof command.position,
    length: command.length - length,
    payload: command.payload.subarray(length),
  };
  return [
    { ...messageOf({ ...entry, commands: [...entry.commands.slice(0, index), there] }), isPart: true },
    messageOf({ ...entry, commands: [missing, ...entry.commands.slice(index + 1)] }),
  ];
}

function isLongStream(command: Command): command is Extract<Command, { kind: 'data' }> {
  return command.kind === 'data' && command.length === command.payload.byteLength && command.length > 1;
}

function messageOf(entry: CommandsEntry): CommandsMessage {
  return { kind: 'commands', entry, encoded: encodeEntry(entry) };
}
