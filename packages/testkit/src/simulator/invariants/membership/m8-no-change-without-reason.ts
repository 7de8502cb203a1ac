import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/**
 * M8: without faults there is no view change that leaves anybody out, but for a laggard, which the group names. After a fault
 * anybody may be left out: who was touched, and whoever it misjudged because of it.
 */
export function m8({ disturbed, members }: Chronicle): Invariant {
  return {
    name: 'M8',
    viewFormed(_group, view, before) {
      if (disturbed.size > 0) return;
      for (const { incarnation } of before?.view.members ?? []) {
        if (view.hasMember(incarnation) || !members.get(incarnation)!.isAlive) continue;
        throw new Violation('M8', `${view.label} leaves out ${incarnation}, and nothing had happened to anybody`);
      }
    },
  };
}
