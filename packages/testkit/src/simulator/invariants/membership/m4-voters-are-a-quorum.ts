import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import { isQuorumOf } from '../../chronicle/view-record.js';
import type { Invariant } from '../invariant.js';

/**
 * M4: those who promised to the view that follows v are a quorum of v, counted by incarnation. Leavers vote too; with a
 * fence, exactly half of v goes on only when everybody else is fenced, and rank 0 has no privilege.
 */
export function m4({ fenced, world }: Chronicle): Invariant {
  return {
    name: 'M4',
    viewFormed(_group, view, before) {
      if (before === undefined) return;
      const hasFence = world.plan.group.fence;
      if (!isQuorumOf(before.view, before.wedged, hasFence ? fenced : undefined)) {
        const voters = before.membersIn(before.wedged).join(' ');
        throw new Violation(
          'M4',
          `${view.label} follows by the promises of [${voters}] alone, no quorum of ${before.label}`,
        );
      }
    },
  };
}
