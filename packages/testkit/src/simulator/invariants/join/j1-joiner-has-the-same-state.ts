import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/**
 * J1: a joiner at g has the state of the others at g, and its next entry is g + 1: as a member it has handed over
 * everything from 1. That its service is in the same state is S3.
 */
export function j1(): Invariant {
  const learners = new Set<string>();
  return {
    name: 'J1',
    memberActed(member, effect) {
      if (effect.kind !== 'view') return;
      if (effect.role === 'learner') learners.add(member.id);
      else if (learners.delete(member.id)) {
        if (member.delivered !== effect.view.start) {
          throw new Violation(
            'J1',
            `${member.id} joins behind ${effect.view.start} with what it has up to ${member.delivered}`,
          );
        }
      }
    },
  };
}
