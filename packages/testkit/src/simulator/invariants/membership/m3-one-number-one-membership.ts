import type { View } from '@lockstep/contracts';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** M3: one view number, one membership, one beginning. */
export function m3(): Invariant {
  return {
    name: 'M3',
    viewEntered(member, view, _previous, own) {
      if (textOf(own) === textOf(view.view)) return;
      throw new Violation('M3', `${member.id} has ${textOf(own)}, others have ${textOf(view.view)}`);
    },
  };
}

function textOf({ genesis, number, members, learners, start }: View): string {
  const names = (list: View['members']): string =>
    list.map((member) => `${member.incarnation}${member.witness ? '*' : ''}`).join(' ');
  return `v${number} of ${genesis} {${names(members)} + ${names(learners)}} from ${start}`;
}
