import { expect } from 'chai';
import type { IncarnationId, MemberName, OrderNumber, SubmissionNumber, View, ViewNumber } from '@lockstep/contracts';
import { GroupState } from '../group-state.js';
import { limits } from '../limits.js';
import { FailureDetector } from '../membership/failure-detector.js';
import { Receipts } from './receipts.js';
import { Sequencer } from './sequencer.js';

const [a, b, c] = ['a/1', 'b/1', 'c/1'] as [IncarnationId, IncarnationId, IncarnationId];
const members = [a, b, c];
const laggardAfterMs = 500;
const full = limits.executionEntriesMax as OrderNumber;

/** Sequencer `a`, which has ordered as much as the window takes while nobody has executed anything, and has one entry more. */
class ShutWindow {
  readonly state = new GroupState(
    { incarnation: a, witness: false },
    {
      members: members.map((member) => ({ name: member.split('/')[0] as MemberName, witness: false })),
      timing: { suspectAfterMs: 1000, heartbeatMs: 200, laggardAfterMs },
      fence: false,
      historyBytesMax: 1 << 30,
    },
  );
  readonly detector = new FailureDetector(this.state);
  readonly receipts = new Receipts();
  readonly sequencer = new Sequencer(this.state, this.receipts, this.detector);

  constructor() {
    const view: View = {
      genesis: 'g',
      number: 1 as ViewNumber,
      members: members.map((incarnation) => ({ incarnation, witness: false })),
      learners: [],
      start: 0 as OrderNumber,
    };
    Object.assign(this.state, { view, rank: 0, phase: 'member' });
    for (const peer of [b, c]) this.state.linked.add(peer);
    this.detector.reset(view);
    this.receipts.reset(view);
    this.sequencer.reset();
    this.submit(1, full);
    this.submit(full + 1, 1);
    for (const peer of [b, c]) this.receipts.note(peer, full);
  }

  submit(first: number, count: number): void {
    const lengths = Array.from({ length: count }, () => 1);
    this.sequencer.accept({
      sender: a,
      firstSubmission: first as SubmissionNumber,
      lengths,
      payload: new Uint8Array(count),
    });
    this.sequencer.flush();
  }

  executedBy(...executors: IncarnationId[]): this {
    for (const member of executors) {
      if (member === a) this.state.executed = full;
      else this.receipts.note(member, full, full);
    }
    return this;
  }

  /** Who is a laggard when the window has been shut for that long. */
  laggardsAfter(milliseconds: number): IncarnationId[] {
    this.state.now += milliseconds;
    for (const peer of [b, c]) if (!this.detector.isGone(peer)) this.detector.heard(peer);
    return this.sequencer.laggards();
  }
}

describe('a sequencer', () => {
  it('calls laggard who has kept the window shut for too long, and nobody before that', () => {
    const window = new ShutWindow().executedBy(a, c);
    expect(window.laggardsAfter(laggardAfterMs - 1)).to.deep.equal([]);
    expect(window.laggardsAfter(1)).to.deep.equal([b]);
  });

  it('calls itself one, if it is the slow one', () => {
    expect(new ShutWindow().executedBy(b, c).laggardsAfter(laggardAfterMs)).to.deep.equal([a]);
  });

  it('names a laggard once', () => {
    const window = new ShutWindow().executedBy(a, c);
    expect(window.laggardsAfter(laggardAfterMs)).to.deep.equal([b]);
    window.detector.lags(b);
    expect(window.laggardsAfter(200)).to.deep.equal([]);
  });

  it('calls nobody a laggard when the others cannot decide without it: they are slow, too, or gone', () => {
    expect(new ShutWindow().executedBy(a).laggardsAfter(laggardAfterMs)).to.deep.equal([]);
    const window = new ShutWindow().executedBy(a);
    window.detector.gone(c);
    expect(window.laggardsAfter(laggardAfterMs)).to.deep.equal([]);
  });

  it('wants a flush while entries wait for their numbers or a peer for entries', () => {
    const window = new ShutWindow();
    expect(window.sequencer.wantsFlush).to.equal(true);
    window.executedBy(a, b, c).sequencer.flush();
    expect(window.sequencer.wantsFlush).to.equal(false);
    window.sequencer.rewind(b, 0 as OrderNumber);
    expect(window.sequencer.wantsFlush).to.equal(true);
    window.sequencer.flush();
    expect(window.sequencer.wantsFlush).to.equal(false);
  });

  it('knows up to where everybody has been sent the order, but for those who are far behind', () => {
    const { state, sequencer } = new ShutWindow().executedBy(a, b, c);
    sequencer.flush();
    const { last } = state.log;
    for (const peer of [b, c]) sequencer.rewind(peer, last);
    expect(sequencer.sentToAll()).to.equal(last);
    sequencer.rewind(b, (last - 5) as OrderNumber);
    expect(sequencer.sentToAll()).to.equal(last - 5);
    const much = 2 * limits.trailingBytesMax;
    const firstSubmission = (last + 1) as SubmissionNumber;
    state.append({ sender: a, firstSubmission, lengths: [much], payload: new Uint8Array(much) });
    expect(sequencer.sentToAll()).to.equal(last + 1);
  });
});
