import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** S2: turns are kept: nothing is given to one connection while the service has work to do for another. */
export function s2(): Invariant {
  return {
    name: 'S2',
    fed(member, channel, what, waitingFor) {
      if (what === 'open' || what === 'reset' || waitingFor.length === 0 || member.hasGateTimedOut) return;
      const others = waitingFor.map(({ name }) => name).join(' ');
      throw new Violation(
        'S2',
        `${member.id} gives something to ${channel.name} while the service is at work for ${others}`,
      );
    },
  };
}
