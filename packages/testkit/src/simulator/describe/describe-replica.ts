import type {
  ClientToMember,
  Command,
  Entry,
  MemberToClient,
  News,
  OutputSegment,
  ReplicaEffect,
  ReplicaInput,
} from '@lockstep/core/protocol';
import { describeReport } from './describe-member.js';

/** One input of a replica in a few words, for the trace. */
export function describeReplicaInput(input: ReplicaInput): string {
  switch (input.kind) {
    case 'ordered':
      return input.entries
        .read()
        .map(({ order, entry }) => `entry ${order} ${describeEntry(entry)}`)
        .join('; ');
    case 'client-messages':
      return `< ${input.client} ${input.messages.map(describeClientMessage).join('; ')}`;
    case 'client-link-up':
    case 'client-link-down':
      return `${input.kind} ${input.client}`;
    case 'client-link-writable':
      return `${input.client} ${input.writable ? 'writable' : 'not writable'}`;
    case 'output':
      return `output ${input.connection} ${input.segment.length} after ${input.cause}`;
    case 'output-end':
    case 'output-reset':
      return `${input.kind} ${input.connection} after ${input.cause}`;
    case 'input-taken':
      return `taken ${input.connection} ${input.units}`;
    default:
      return input.kind;
  }
}

/** One effect of a replica in a few words, for the trace. */
export function describeReplicaEffect(effect: ReplicaEffect): string {
  switch (effect.kind) {
    case 'submit':
      return effect.encoded === undefined
        ? `submit ${describeEntry(effect.entry)}`
        : `submit ${effect.encoded.byteLength} bytes`;
    case 'execute':
      return `execute ${effect.order} ${effect.operations.map(({ kind, connection }) => `${kind} ${connection}`).join(', ')}`;
    case 'send-client':
      return `> ${effect.client} ${effect.messages.map(describeMemberMessage).join('; ')}`;
    case 'close-client':
      return `close ${effect.client}`;
    case 'hold-clients':
      return effect.hold ? 'hold clients' : 'go on reading clients';
    case 'pause-output':
    case 'resume-output':
      return `${effect.kind} ${effect.connection}`;
    case 'report':
      return describeReport(effect);
  }
}

export function describeEntry(entry: Entry | undefined): string {
  if (entry === undefined) return 'malformed';
  const { kind, client, epoch } = entry;
  if (kind === 'attach')
    return `attach ${client}#${epoch} at ${entry.member}${describeAcknowledgements(entry.received)}`;
  if (kind === 'commands') return `commands ${client}#${epoch} [${entry.commands.map(describeCommand).join(', ')}]`;
  return `${kind} ${client}#${epoch}`;
}

export function describeClientMessage(message: ClientToMember): string {
  if (message.kind === 'heartbeat') return 'heartbeat';
  if (message.kind === 'commands') return describeEntry(message.entry);
  return `attach #${message.epoch}${message.established ? '' : ' first'}${describeAcknowledgements(message.received)}`;
}

function describeNews({ stableBatches, taken }: News): string {
  return `batches ${stableBatches} taken [${taken.map(({ connection, position }) => `${connection}@${position}`).join(' ')}]`;
}

export function describeMemberMessage(message: MemberToClient): string {
  switch (message.kind) {
    case 'attached': {
      const connections = message.connections.map(({ connection, input, taken }) => `${connection}@${input}/${taken}`);
      return `attached #${message.epoch} at ${message.order} [${connections.join(' ')}] next ${message.nextConnection}`;
    }
    case 'output':
      return (
        `output #${message.epoch} [${message.segments.map(describeSegment).join(', ')}]` +
        (message.news === undefined ? '' : ` with ${describeNews(message.news)}`)
      );
    case 'progress':
      return `progress #${message.epoch} ${describeNews(message)}`;
    case 'view':
      return `view ${message.view.number}`;
    case 'refused':
      return `refused ${message.reason}`;
    default:
      return message.kind;
  }
}

function describeSegment(segment: OutputSegment): string {
  const place = `${segment.connection}@${segment.position}`;
  return segment.kind === 'data' ? `${place}+${segment.length}` : `${place} ${segment.kind}`;
}

function describeCommand(command: Command): string {
  switch (command.kind) {
    case 'open':
      return `open ${command.connection}`;
    case 'data':
      return `data ${command.connection}@${command.position}+${command.length}`;
    case 'end':
      return `end ${command.connection}@${command.position}`;
    case 'reset':
      return `reset ${command.connection}`;
    case 'acknowledge':
      return `ack ${command.connection}@${command.position}${command.ended ? ' ended' : ''}`;
  }
}

function describeAcknowledgements(
  received: readonly { connection: number; position: number; ended: boolean }[],
): string {
  return received.map(({ connection, position, ended }) => ` ${connection}@${position}${ended ? '.' : ''}`).join('');
}
