import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** G1: what is ordered was submitted by its sender, in the same bytes. */
export function g1({ members }: Chronicle): Invariant {
  return {
    name: 'G1',
    delivering(member, { order, sender, submission, bytes }) {
      const submitted = members.get(sender)?.submissions[submission - 1];
      if (submitted !== undefined && Buffer.compare(submitted, bytes) === 0) return;
      throw new Violation(
        'G1',
        `${member.id} hands over ${order}, which ${sender} never submitted as its ${submission}.`,
      );
    },
  };
}
