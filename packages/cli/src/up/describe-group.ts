import type { GroupStatus, MemberStatus } from '@lockstep/core';

/** A group in one sentence. */
export interface GroupDescription {
  /** `view 3: b (sequencer), c; a joining`. Two descriptions are the same when nothing has changed. */
  readonly text: string;
  /** Whether all configured members are in one view. */
  readonly complete: boolean;
}

/** Says in one sentence who is in the group, by rank, and what the others do. */
export function describeGroup({ members }: GroupStatus): GroupDescription {
  const reachable = members.filter((member): member is MemberStatus => member.reachable);
  const view = Math.max(0, ...reachable.map((member) => member.view));
  const inView = reachable
    .filter((member) => member.state === 'member' && member.view === view)
    .sort((left, right) => (left.rank ?? 0) - (right.rank ?? 0));
  const others = members.filter((member) => !inView.some(({ name }) => name === member.name));
  const names = inView.map(({ name, sequencer, witness }) => {
    const roles = [...(sequencer ? ['sequencer'] : []), ...(witness ? ['witness'] : [])];
    return roles.length === 0 ? name : `${name} (${roles.join(', ')})`;
  });
  const lead = inView.length === 0 ? 'no view yet' : `view ${view}: ${names.join(', ')}`;
  const rest = others.map((member) => `${member.name} ${member.reachable ? member.state : 'does not answer'}`);
  return { text: [lead, ...rest].join('; '), complete: others.length === 0 };
}
