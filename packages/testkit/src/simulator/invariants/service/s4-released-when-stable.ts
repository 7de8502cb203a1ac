import { Violation } from '../../chronicle/violation.js';
import { releasesOf } from '../releases.js';
import type { Invariant } from '../invariant.js';

/**
 * S4: output commit: nothing is released whose causing entries are not all stable, by what the members of the newest view
 * really hold. The answer to an attachment counts as output.
 */
export function s4(): Invariant {
  return {
    name: 'S4',
    replicaActed(member, effect) {
      if (effect.kind !== 'send-client') return;
      const final = member.group?.final ?? 0;
      for (const { cause, what } of releasesOf(member, effect)) {
        if (cause > final)
          throw new Violation('S4', `${member.id} releases ${what}, caused by ${cause}, when ${final} is stable`);
      }
      for (const message of effect.messages) {
        if (message.kind !== 'attached' || message.order <= final) continue;
        throw new Violation('S4', `${member.id} confirms the attachment at ${message.order}, when ${final} is stable`);
      }
    },
    stepped(member) {
      const final = member.group?.final ?? 0;
      if (member.stable > final)
        throw new Violation('S4', `${member.id} calls ${member.stable} stable, when ${final} is`);
    },
  };
}
