import { expect } from 'chai';
import type { IncarnationId, MemberName, OrderNumber, View, ViewNumber } from '@lockstep/contracts';
import { GroupState } from '../group-state.js';
import { FailureDetector } from './failure-detector.js';

const [a, b, c] = ['a/1', 'b/1', 'c/1'] as [IncarnationId, IncarnationId, IncarnationId];

function detectorOf(...members: IncarnationId[]): FailureDetector {
  const state = new GroupState(
    { incarnation: a, witness: false },
    {
      members: members.map((member) => ({ name: member.split('/')[0] as MemberName, witness: false })),
      timing: { suspectAfterMs: 1000, heartbeatMs: 200, laggardAfterMs: 5000 },
      fence: false,
      historyBytesMax: 1 << 30,
    },
  );
  const view: View = {
    genesis: 'g',
    number: 1 as ViewNumber,
    members: members.map((incarnation) => ({ incarnation, witness: false })),
    learners: [],
    start: 0 as OrderNumber,
  };
  state.view = view;
  state.rank = 0;
  const detector = new FailureDetector(state);
  detector.reset(view);
  return detector;
}

describe('a failure detector', () => {
  it('suspects a laggard as long as the others can decide without it', () => {
    const detector = detectorOf(a, b, c);
    detector.lags(b);
    detector.pardonLaggards();
    expect(detector.suspectedMembers()).to.deep.equal([b]);
  });

  it('pardons a laggard when too many others are gone', () => {
    const detector = detectorOf(a, b, c);
    detector.lags(b);
    detector.gone(c);
    detector.pardonLaggards();
    expect(detector.suspectedMembers()).to.deep.equal([c]);
    expect(detector.hearsQuorum).to.equal(true);
  });
});
