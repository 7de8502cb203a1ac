import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** L4: no view change without a fault: once the world has come to rest it stays as it is. */
export function l4(chronicle: Chronicle): Invariant {
  return {
    name: 'L4',
    viewFormed(_group, view) {
      if (chronicle.isAtRest) throw new Violation('L4', `${view.label} is formed while nothing happens`);
    },
  };
}
