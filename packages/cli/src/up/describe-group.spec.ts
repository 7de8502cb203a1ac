import type { MemberStatus } from '@lockstep/core';
import { expect } from 'chai';
import { describeGroup } from './describe-group.js';

function member(name: string, view: number, rank: number | null, rest: Partial<MemberStatus> = {}): MemberStatus {
  return {
    ...{ name, reachable: true, state: rank === null ? 'blank' : 'member', witness: false, incarnation: `${name}/1` },
    ...{ view, rank, sequencer: rank === 0, ordered: 0, stable: 0, executed: 0, clients: [], connections: 0 },
    ...{ cacheBytes: 0, historyBytes: 0, pid: 1, servicePid: null },
    ...rest,
  };
}

describe('describeGroup', () => {
  it('lists the view by rank', () => {
    const members = [member('a', 4, 2), member('b', 4, 0), member('w', 4, 1, { witness: true })];
    expect(describeGroup({ group: 'kv', members })).to.deep.equal({
      text: 'view 4: b (sequencer), w (witness), a',
      complete: true,
    });
  });

  it('says what those do that are not in it', () => {
    const members = [member('a', 3, 0), member('b', 4, 0), { name: 'c', reachable: false } as const];
    expect(describeGroup({ group: 'kv', members })).to.deep.equal({
      text: 'view 4: b (sequencer); a member; c does not answer',
      complete: false,
    });
  });

  it('says that there is no view yet', () => {
    expect(describeGroup({ group: 'kv', members: [member('a', 0, null)] })).to.deep.equal({
      text: 'no view yet; a blank',
      complete: false,
    });
  });
});
