import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** M2: the view numbers that a process installs only grow, and it never changes from one life of the group to another. */
export function m2(): Invariant {
  return {
    name: 'M2',
    viewEntered(member, view, previous) {
      if (previous === undefined) return;
      if (previous.view.genesis !== view.view.genesis || previous.number >= view.number) {
        throw new Violation('M2', `${member.id} went from ${previous.label} to ${view.label}`);
      }
    },
  };
}
