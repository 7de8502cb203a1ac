import type { Chronicle } from '../../chronicle/chronicle.js';
import type { Invariant } from '../invariant.js';

/** L1: a connected quorum installs one view. */
export function l1(chronicle: Chronicle): Invariant {
  return {
    name: 'L1',
    unfinished() {
      const latest = chronicle.group?.latest;
      if (latest === undefined) return 'no group was founded';
      for (const { id } of chronicle.world.members) {
        const { view } = chronicle.members.get(id)!;
        if (view !== undefined && view !== latest) return `${id} is in ${view.label}, the group in ${latest.label}`;
      }
      return undefined;
    },
  };
}
