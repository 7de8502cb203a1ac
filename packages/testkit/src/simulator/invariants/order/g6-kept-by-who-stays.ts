import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/**
 * G6: what a majority has received, so that its effects may have been released, is in every later view; and who stays has
 * executed nothing that the group dropped.
 */
export function g6(): Invariant {
  return {
    name: 'G6',
    viewFormed(group, view) {
      if (view.start >= group.final) return;
      throw new Violation(
        'G6',
        `${view.label} begins behind ${view.start}, but everything up to ${group.final} was stable`,
      );
    },
    viewEntered(member, view) {
      if (member.delivered > view.start || member.divergedAt !== undefined) {
        const executed = member.divergedAt ?? member.delivered;
        throw new Violation(
          'G6',
          `${member.id} stays in ${view.label}, having executed ${executed} when it begins behind ${view.start}`,
        );
      }
    },
  };
}
