import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/**
 * G3: what two processes executed agrees wherever both have an order number; except that a process which the group goes on
 * without may have executed what the group dropped (DESIGN.md, section 5). G6 sees to it that it never comes back.
 */
export function g3(): Invariant {
  return {
    name: 'G3',
    differed(member, place, slot) {
      const isLeftBehind = slot.view.number > (member.view?.number ?? 0);
      if (isLeftBehind) return;
      const [one, other] = [place, slot].map(({ sender, submission }) => `${sender}:${submission}`);
      throw new Violation('G3', `${member.id} has ${one} at ${place.order}, others have ${other}`);
    },
  };
}
