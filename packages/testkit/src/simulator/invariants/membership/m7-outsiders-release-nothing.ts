import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** M7: a process outside the view, a learner among them, releases nothing. */
export function m7(): Invariant {
  return {
    name: 'M7',
    replicaActed(member, effect) {
      if (effect.kind !== 'send-client' || (member.role === 'member' && !member.isOver)) return;
      const released = effect.messages.find(
        ({ kind }) => kind === 'output' || kind === 'attached' || kind === 'progress',
      );
      if (released !== undefined)
        throw new Violation('M7', `${member.id}, outside the view, sends ${released.kind} to ${effect.client}`);
    },
  };
}
