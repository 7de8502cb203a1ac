import type { MemberEffect, MemberInput, Report } from '@lockstep/core/protocol';
import { describePeerMessage, describeRuns, describeView } from './describe-peer-message.js';

/** One input of a member in a few words, for the trace. */
export function describeInput(input: MemberInput): string {
  switch (input.kind) {
    case 'receive':
      return `< ${input.peer} ${input.messages.map(describePeerMessage).join('; ')}`;
    case 'link-up':
    case 'link-down':
    case 'gone':
      return `${input.kind} ${input.peer}`;
    case 'submit':
      return `submit ${input.entries.length}`;
    case 'executed':
      return `executed ${input.through}`;
    case 'fenced':
      return `fenced ${input.target}: ${input.succeeded ? 'succeeded' : 'failed'}`;
    case 'start':
      return input.bootstrap ? 'start --bootstrap' : 'start';
    default:
      return input.kind;
  }
}

/** One effect of a member in a few words, for the trace. */
export function describeEffect(effect: MemberEffect): string {
  switch (effect.kind) {
    case 'send':
      return `> ${effect.to.join(',')} ${describePeerMessage(effect.message)}`;
    case 'ordered':
      return `= ordered ${describeRuns(effect.ordered.first, effect.ordered.runs)}`;
    case 'stable':
      return `= stable ${effect.through}`;
    case 'view':
      return `= ${effect.role} of ${describeView(effect.view)}`;
    case 'writable':
      return `= ${effect.writable ? 'writable' : 'not writable'}`;
    case 'quorum':
      return `= ${effect.heard ? 'quorum' : 'no quorum'}`;
    case 'fence':
      return `= fence ${effect.target}`;
    case 'excluded':
      return `= ${effect.left ? 'left' : 'excluded'}: ${effect.reason}`;
    case 'disconnect':
      return `= disconnect ${effect.peer}`;
    case 'report':
      return describeReport(effect);
  }
}

export function describeReport({ event, fields }: Report): string {
  const texts = Object.entries(fields).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? value.join(' ') : String(value)}`,
  );
  return `! ${[event, ...texts].join(' ')}`;
}
