import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** G4: order numbers are handed over consecutively, from 1. */
export function g4(): Invariant {
  return {
    name: 'G4',
    delivering(member, { order }) {
      if (order !== member.delivered + 1)
        throw new Violation('G4', `${member.id} hands over ${order} behind ${member.delivered}`);
    },
  };
}
