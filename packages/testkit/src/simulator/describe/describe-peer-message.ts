import type { EntryRun, View } from '@lockstep/contracts';
import type { PeerMessage, ViewChange } from '@lockstep/core/protocol';

/** One message in a few words, for the trace. */
export function describePeerMessage(message: PeerMessage): string {
  switch (message.kind) {
    case 'status':
      return `status ${message.genesis === '' ? 'blank' : `v${message.view}`} received ${message.received} submissions ${message.submissions}`;
    case 'submit':
      return `submit v${message.view} ${describeRun(message.run)}`;
    case 'order':
      return `order v${message.view} ${describeRuns(message.first, message.runs)} stable ${message.stable}`;
    case 'receipt':
      return `receipt v${message.view} received ${message.received} executed ${message.executed} stable ${message.stable}`;
    case 'suspicion':
      return `suspicion v${message.view} by ${message.by} of [${message.targets.join(' ')}]`;
    case 'join':
      return `join ${message.joiner.incarnation}`;
    case 'ready':
      return `ready v${message.view} executed ${message.executed} linked [${message.linked.join(' ')}]`;
    case 'leave':
      return `leave v${message.view}`;
    case 'prepare':
      return `prepare v${message.view} ballot ${message.ballot}`;
    case 'prepare-refused':
      return `prepare-refused v${message.view} ballot ${message.ballot} promised ${message.promised}`;
    case 'promise': {
      const { accepted } = message;
      const before = accepted === undefined ? '' : ` accepted ${accepted.ballot}: ${describeChange(accepted.value)}`;
      return `promise v${message.view} ballot ${message.ballot} received ${message.received}${before}`;
    }
    case 'entries':
      return `entries ${describeRuns(message.first, message.runs)}`;
    case 'accept':
      return `accept v${message.view} ballot ${message.ballot}: ${describeChange(message.value)}`;
    case 'accepted':
      return `accepted v${message.view} ballot ${message.ballot}`;
    case 'install':
      return `install ${describeView(message.view)}`;
    case 'excluded':
      return `excluded v${message.view}: ${message.reason}`;
    case 'fetch':
      return `fetch ${message.from}..${message.to}`;
    case 'genesis':
      return `genesis ${describeView(message.view)}`;
    case 'genesis-answer':
      return `genesis-answer ${message.genesis}`;
  }
}

export function describeView({ number, members, learners, start }: View): string {
  return `v${number} {${names(members)}${learners.length > 0 ? ` + ${names(learners)}` : ''}} start ${start}`;
}

export function describeRuns(first: number, runs: readonly EntryRun[]): string {
  const count = runs.reduce((sum, run) => sum + run.lengths.length, 0);
  return `${first}..${first + count - 1} = ${runs.map(describeRun).join(', ')}`;
}

function describeRun({ sender, firstSubmission, lengths }: EntryRun): string {
  const last = firstSubmission + lengths.length - 1;
  return `${sender}:${firstSubmission}${last > firstSubmission ? `..${last}` : ''}`;
}

function describeChange({ members, learners, end }: ViewChange): string {
  return `{${names(members)}${learners.length > 0 ? ` + ${names(learners)}` : ''}} end ${end}`;
}

function names(members: View['members']): string {
  return members.map((member) => `${member.incarnation}${member.witness ? '*' : ''}`).join(' ');
}
