import { Violation } from '../../chronicle/violation.js';
import { releasesOf } from '../releases.js';
import type { Invariant } from '../invariant.js';

/**
 * M6: no two disjoint sets of members both release output after their last common view. Whoever is in a view that has been
 * followed by another releases only what the other holds too.
 */
export function m6(): Invariant {
  return {
    name: 'M6',
    replicaActed(member, effect) {
      const next = member.view?.next;
      if (effect.kind !== 'send-client' || next === undefined) return;
      for (const { cause, what } of releasesOf(member, effect)) {
        if (cause <= next.start) continue;
        throw new Violation(
          'M6',
          `${member.id} in ${member.view!.label} releases ${what}, caused by ${cause}, behind the end of its view`,
        );
      }
    },
  };
}
