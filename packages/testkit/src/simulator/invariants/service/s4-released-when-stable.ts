import { Violation } from '../../chronicle/violation.js';
import { Batches } from './batches.js';
import { releasesOf } from '../releases.js';
import type { Invariant } from '../invariant.js';

/**
 * S4: output commit: nothing is released whose causing entries are not all stable, by what the members of the newest view
 * really hold. The answer to an attachment counts as output, and so does the news of how many batches are stable.
 */
export function s4(): Invariant {
  const batches = new Batches();
  return {
    name: 'S4',
    replicaTold(member, input) {
      if (input.kind === 'client-messages') batches.got(member.id, input.messages);
      if (input.kind === 'ordered') batches.ordered(member.id, input.entries.read());
    },
    replicaActed(member, effect) {
      if (effect.kind !== 'send-client') return;
      const final = member.group?.final ?? 0;
      for (const { cause, what } of releasesOf(member, effect)) {
        if (cause > final)
          throw new Violation('S4', `${member.id} releases ${what}, caused by ${cause}, when ${final} is stable`);
      }
      for (const message of effect.messages) {
        if (message.kind === 'attached' && message.order > final) {
          throw new Violation(
            'S4',
            `${member.id} confirms the attachment at ${message.order}, when ${final} is stable`,
          );
        }
        if (message.kind !== 'output' && message.kind !== 'progress') continue;
        const { stableBatches = 0 } = message.kind === 'output' ? (message.news ?? {}) : message;
        const end = batches.endOf(stableBatches, member.id, effect.client, message.epoch) ?? Infinity;
        if (stableBatches === 0 || end <= final) continue;
        const what = `${stableBatches} batches of ${effect.client}`;
        throw new Violation('S4', `${member.id} calls ${what} stable, which end at ${end}, when ${final} is`);
      }
    },
    stepped(member) {
      const final = member.group?.final ?? 0;
      if (member.stable > final)
        throw new Violation('S4', `${member.id} calls ${member.stable} stable, when ${final} is`);
    },
  };
}
