import type { IncarnationId } from '@lockstep/contracts';
import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** J2: a learner whose donor dies asks another one for exactly what it lacks; what it gets is never a mixture (G3, G4). */
export function j2({ members, world }: Chronicle): Invariant {
  /** Whom each learner has asked last. */
  const lastDonor = new Map<string, IncarnationId>();
  return {
    name: 'J2',
    memberActed(member, effect) {
      if (member.role !== 'learner' || effect.kind !== 'send' || effect.message.kind !== 'fetch') return;
      const { ordered } = member.process.snapshot;
      if (effect.message.from !== ordered + 1) {
        throw new Violation('J2', `${member.id} has ${ordered} and asks for ${effect.message.from}`);
      }
      lastDonor.set(member.id, effect.to[0]!);
    },
    stepped(member) {
      const donor = lastDonor.get(member.id);
      if (donor === undefined) return;
      const isComplete = member.received >= (member.view?.start ?? 0);
      if (!isComplete && !members.get(donor)!.isAlive) world.marks.hit('donor-death');
      if (isComplete || !members.get(donor)!.isAlive) lastDonor.delete(member.id);
    },
  };
}
