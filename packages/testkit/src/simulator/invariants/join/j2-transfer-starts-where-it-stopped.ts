import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** J2: a learner whose donor dies asks another one for what it lacks, and leaves nothing out; what it gets is never a mixture (G3, G4). */
export function j2(): Invariant {
  return {
    name: 'J2',
    memberActed(member, effect) {
      if (member.role !== 'learner' || effect.kind !== 'send' || effect.message.kind !== 'fetch') return;
      const { held } = member.process.snapshot;
      if (effect.message.from > held + 1) {
        throw new Violation('J2', `${member.id} has ${held} and asks for ${effect.message.from}`);
      }
    },
  };
}
