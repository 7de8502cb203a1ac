import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** G2: nothing is ordered twice. */
export function g2({ groups }: Chronicle): Invariant {
  const places = new Map<string, number>();
  let reached = 0;
  let genesis = '';
  return {
    name: 'G2',
    finalised(group) {
      if (group.genesis !== genesis) {
        genesis = group.genesis;
        places.clear();
        reached = 0;
      }
      const current = groups.get(genesis)!;
      for (let slot = current.settled(reached + 1); slot !== undefined; slot = current.settled(reached + 1)) {
        reached++;
        const what = `${slot.sender}:${slot.submission}`;
        const before = places.get(what);
        if (before !== undefined)
          throw new Violation('G2', `${what} is in the order twice, at ${before} and ${reached}`);
        places.set(what, reached);
      }
    },
  };
}
