import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** G7: members that install the same two views executed the same entries between them: all up to the second's beginning. */
export function g7(): Invariant {
  return {
    name: 'G7',
    viewEntered(member, view) {
      const { ordered } = member.process.snapshot;
      if (member.role !== 'member' || ordered >= view.start) return;
      throw new Violation(
        'G7',
        `${member.id} installs ${view.label} with a log up to ${ordered} instead of up to ${view.start}`,
      );
    },
    memberActed(member, effect) {
      if (effect.kind !== 'view' || effect.role !== 'member' || member.delivered >= effect.view.start) return;
      throw new Violation(
        'G7',
        `${member.id} announces view ${effect.view.number} before it has handed over ${effect.view.start}`,
      );
    },
  };
}
