import type { Invariant } from '../invariant.js';
import { Violation } from '../../chronicle/violation.js';

/** M1: a process installs a view only if the view lists it. */
export function m1(): Invariant {
  return {
    name: 'M1',
    viewEntered(member, view, _previous, own) {
      const listed = member.role === 'member' ? own.members : own.learners;
      if (listed.some(({ incarnation }) => incarnation === member.id)) return;
      throw new Violation('M1', `${member.id} is a ${member.role} of ${view.label}, which does not list it as one`);
    },
  };
}
