import { Violation } from '../../chronicle/violation.js';
import type { PeerMessage } from '@lockstep/core/protocol';
import type { Invariant } from '../invariant.js';

const membersOnly: ReadonlySet<PeerMessage['kind']> = new Set([
  ...(['submit', 'order', 'suspicion', 'prepare', 'promise', 'prepare-refused', 'accept', 'accepted'] as const),
]);

/** J3: a learner counts for nothing: it says nothing that only members may say, and executes only what is stable without it. */
export function j3(): Invariant {
  return {
    name: 'J3',
    memberActed(member, effect) {
      if (member.role !== 'learner' || effect.kind !== 'send' || !membersOnly.has(effect.message.kind)) return;
      throw new Violation('J3', `${member.id}, a learner, sends ${effect.message.kind}`);
    },
    delivering(member, { order }) {
      if (member.role !== 'learner' || order <= member.group!.final) return;
      throw new Violation(
        'J3',
        `${member.id}, a learner, executes ${order}, which is stable up to ${member.group!.final} only`,
      );
    },
  };
}
