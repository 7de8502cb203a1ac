import type { MemberStatus } from '@lockstep/core';
import { expect } from 'chai';
import { renderStatus } from './status-table.js';

const sequencer: MemberStatus = {
  name: 'a',
  reachable: true,
  state: 'member',
  witness: false,
  incarnation: 'a/1f',
  view: 3,
  rank: 0,
  sequencer: true,
  ordered: 24_310,
  stable: 24_305,
  executed: 24_310,
  clients: [{ id: 'c1', epoch: 2, attached: true }],
  connections: 10,
  cacheBytes: 1_258_291,
  historyBytes: 812,
  pid: 4711,
  servicePid: 4712,
};

describe('the table of lockstep status', () => {
  it('shows a line for each configured member', () => {
    const follower: MemberStatus = {
      ...sequencer,
      name: 'follower',
      rank: 1,
      sequencer: false,
      executed: 24_000,
      cacheBytes: 0,
      clients: [{ id: 'c1', epoch: 2, attached: false }],
    };
    const witness: MemberStatus = { ...follower, name: 'w', witness: true, rank: 2, executed: 0, servicePid: null };
    const joiner: MemberStatus = { ...follower, name: 'j', state: 'joining', view: 0, rank: null, clients: [] };
    const text = renderStatus({
      group: 'kv',
      members: [sequencer, follower, witness, joiner, { name: 'd', reachable: false }],
    });
    expect(text.split('\n').slice(0, 8)).to.deep.equal([
      'group kv: view 3, 4 of 5 answer',
      '',
      'NAME      STATE             VIEW  RANK  ORDERED  STABLE  LAG  CONNECTIONS    CACHE  HISTORY   PID  SERVICE  CLIENTS',
      'a         member               3    0*    24310   24305    0           10  1.2 MiB    812 B  4711     4712  c1',
      'follower  member               3    1     24310   24305  310           10      0 B    812 B  4711     4712  (c1)',
      'w         member (witness)     3    2     24310   24305    -           10      0 B    812 B  4711        -  (c1)',
      'j         joining              -     -    24310   24305  310           10      0 B    812 B  4711     4712',
      'd         unreachable',
    ]);
  });

  it('says so when there is no view', () => {
    expect(renderStatus({ group: 'kv', members: [{ name: 'a', reachable: false }] })).to.match(
      /^group kv: no view yet, 0 of 1 answer\n/,
    );
  });
});
