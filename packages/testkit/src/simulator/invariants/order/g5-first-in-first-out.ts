import type { IncarnationId } from '@lockstep/contracts';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/**
 * G5: the entries of one sender are ordered in the order of their submission, and none is left out. (That the same holds on
 * each virtual connection is seen by the reference, which meets a gap otherwise.)
 */
export function g5(): Invariant {
  const last = new Map<string, Map<IncarnationId, number>>();
  return {
    name: 'G5',
    delivering(member, { order, sender, submission }) {
      const lastOf = last.get(member.id) ?? new Map<IncarnationId, number>();
      last.set(member.id, lastOf);
      const before = lastOf.get(sender) ?? 0;
      if (submission !== before + 1) {
        throw new Violation(
          'G5',
          `${member.id} hands over ${sender}:${submission} at ${order}, behind ${sender}:${before}`,
        );
      }
      lastOf.set(sender, submission);
    },
  };
}
