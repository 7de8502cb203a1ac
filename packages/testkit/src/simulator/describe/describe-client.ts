import type { ClientEffect, ClientInput } from '@lockstep/core/protocol';
import { describeReport } from './describe-member.js';
import { describeClientMessage, describeEntry, describeMemberMessage } from './describe-replica.js';

/** One input of a client engine in a few words, for the trace. */
export function describeClientInput(input: ClientInput): string {
  switch (input.kind) {
    case 'receive':
      return `< ${input.member} ${input.messages.map(describeMemberMessage).join('; ')}`;
    case 'link-up':
    case 'link-down':
      return `${input.kind} ${input.member}`;
    case 'link-writable':
      return `${input.member} ${input.writable ? 'writable' : 'not writable'}`;
    case 'segment':
      return `segment ${input.connection}+${input.segment.length}`;
    case 'taken':
      return `taken ${input.connection} ${input.units}`;
    case 'end':
    case 'reset':
    case 'closed':
      return `${input.kind} ${input.connection}`;
    default:
      return input.kind;
  }
}

/** One effect of a client engine in a few words, for the trace. */
export function describeClientEffect(effect: ClientEffect): string {
  switch (effect.kind) {
    case 'accepted':
      return `accepted ${effect.connection}`;
    case 'connect':
    case 'disconnect':
      return `${effect.kind} ${effect.member}`;
    case 'send':
      return `> ${effect.member} ${describeClientMessage(effect.message)}`;
    case 'send-commands':
      return `> ${effect.member} ${describeEntry(effect.entry)}`;
    case 'deliver':
      return `deliver ${effect.connection}+${effect.segment.length}`;
    case 'report':
      return describeReport(effect);
    case 'reject':
      return 'reject';
    default:
      return `${effect.kind} ${effect.connection}`;
  }
}
