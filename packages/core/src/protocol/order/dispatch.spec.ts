import { expect } from 'chai';
import type { IncarnationId, MemberName, OrderNumber, SubmissionNumber, View, ViewNumber } from '@lockstep/contracts';
import { type Cluster, group } from '../cluster.fixture.js';
import { GroupState } from '../group-state.js';
import { limits } from '../limits.js';
import { FailureDetector } from '../membership/failure-detector.js';
import { Dispatch } from './dispatch.js';
import { Receipts } from './receipts.js';

describe('entries of one turn', () => {
  it('keep their order, whatever their size, through a change of the sequencer too', () => {
    const cluster = group('abc');
    const [a, b, c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    const large = (letter: string): string => letter.repeat(limits.keptRunBytesMin);
    const entries = ['1', '2', large('x'), large('y'), '3'];
    cluster.submit(b, ...entries);
    cluster.submit(a, ...entries);
    cluster.pass(50);
    for (const id of [a, b, c]) expect(cluster.ordered.get(id)).to.deep.equal([...entries, ...entries]);
    cluster.cut(a, b);
    cluster.submit(b, ...entries);
    cluster.kill(a);
    cluster.pass(3000);
    for (const id of [b, c]) expect(cluster.ordered.get(id)).to.deep.equal([...entries, ...entries, ...entries]);
  });
});

describe('a sequencer sends the order', () => {
  const received = (cluster: Cluster): string[] => [...cluster.ordered.values()].map((entries) => entries.join(' '));

  it('at once to as many as make it stable, and to the others a little later', () => {
    const cluster = group('abc');
    const [a] = cluster.ids as [IncarnationId];
    cluster.submit(a, '1');
    expect(received(cluster)).to.deep.equal(['1', '1', '']);
    expect(cluster.stable.get(a)).to.equal(1);
    cluster.now += limits.trailingMs;
    cluster.submit(a, '2');
    expect(received(cluster)).to.deep.equal(['1 2', '1 2', '1 2']);
  });

  it('to the others by itself, if nothing else comes', () => {
    const cluster = group('abc');
    const [a] = cluster.ids as [IncarnationId];
    cluster.pass(50);
    cluster.submit(a, '1');
    expect(cluster.members.get(a)!.nextDeadline()).to.equal(cluster.now + limits.trailingMsMax);
    cluster.now += limits.trailingMsMax;
    cluster.step(a, { kind: 'tick' });
    cluster.settle();
    expect(received(cluster)).to.deep.equal(['1', '1', '1']);
  });

  it('to the others soon, when they have clients', () => {
    const cluster = group('abc');
    const [a, , c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.pass(50);
    cluster.submit(c, '1');
    cluster.submit(a, '2');
    expect(cluster.ordered.get(c)).to.deep.equal(['1']);
    expect(cluster.members.get(a)!.nextDeadline()).to.equal(cluster.now + limits.hurriedMsMax);
    cluster.now += limits.hurriedMs;
    cluster.submit(a, '3');
    expect(cluster.ordered.get(c)).to.deep.equal(['1', '2', '3']);
    cluster.pass(limits.servingMs);
    cluster.submit(a, '4');
    cluster.now += limits.hurriedMs;
    cluster.submit(a, '5');
    expect(cluster.ordered.get(c)).to.deep.equal(['1', '2', '3']);
    expect(cluster.stable.get(a)).to.equal(5);
  });

  it('to the others soon, when those do not answer that are asked', () => {
    const cluster = group('abc');
    const [a, b, c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.pass(50);
    cluster.submit(a, '1');
    cluster.now += limits.hurriedMs;
    cluster.submit(a, '2');
    expect(cluster.ordered.get(c) ?? []).to.deep.equal([]);
    cluster.muted.add(b);
    cluster.submit(a, '3');
    expect(cluster.members.get(a)!.nextDeadline()).to.equal(cluster.now + limits.hurriedMsMax);
    cluster.now += limits.hurriedMs - 1;
    cluster.submit(a, '4');
    expect(cluster.ordered.get(c) ?? []).to.deep.equal([]);
    cluster.now += 1;
    cluster.submit(a, '5');
    expect(cluster.ordered.get(c)).to.deep.equal(['1', '2', '3', '4', '5']);
    expect(cluster.stable.get(a)).to.equal(5);
  });

  it('to the others at once, when it is much', () => {
    const cluster = group('abc');
    const entry = 'x'.repeat(limits.trailingBytesMax);
    cluster.submit(cluster.ids[0]!, entry);
    expect(received(cluster)).to.deep.equal([entry, entry, entry]);
  });

  it('at once to whoever submitted some of it', () => {
    const cluster = group('abc');
    const [, , c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.submit(c, '1');
    expect(received(cluster)).to.deep.equal(['1', '', '1']);
    expect(cluster.stable.get(c)).to.equal(1);
  });

  it('at once to more of more', () => {
    const cluster = group('abcde');
    cluster.submit(cluster.ids[0]!, '1');
    expect(received(cluster)).to.deep.equal(['1', '1', '1', '', '']);
  });

  it('at once to another one, when one does not answer', () => {
    const cluster = group('abc');
    const [a, b] = cluster.ids as [IncarnationId, IncarnationId];
    cluster.muted.add(b);
    cluster.submit(a, '1');
    expect(cluster.stable.get(a)).to.equal(undefined);
    cluster.pass(10);
    expect(cluster.stable.get(a)).to.equal(1);
    cluster.submit(a, '2');
    cluster.pass(10);
    cluster.submit(a, '3');
    expect(received(cluster)).to.deep.equal(['1 2 3', '1 2', '1 2 3']);
    expect(cluster.stable.get(a)).to.equal(3);
  });

  it('to whoever is linked again', () => {
    const cluster = group('abc');
    const [a, , c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.submit(a, '1');
    cluster.cut(a, c);
    cluster.pass(100);
    expect(cluster.members.get(a)!.nextDeadline()).to.be.greaterThan(cluster.now);
    cluster.link(a, c);
    cluster.pass(2 * limits.trailingMsMax);
    expect(received(cluster)).to.deep.equal(['1', '1', '1']);
  });
});

describe('in a stream of entries, one each millisecond, of which the sequencer asks b', () => {
  const [a, b, c] = ['a/1', 'b/1', 'c/1'] as [IncarnationId, IncarnationId, IncarnationId];
  const members = [a, b, c].map((incarnation) => ({ incarnation, witness: false }));

  /** When c is sent the order first, if b's receipts come so much later. */
  function firstSentToC(lagMs: number): number {
    const state = new GroupState(members[0]!, {
      members: ['a', 'b', 'c'].map((name) => ({ name: name as MemberName, witness: false })),
      timing: { suspectAfterMs: 1000, heartbeatMs: 200, laggardAfterMs: 500 },
      fence: false,
      historyBytesMax: 1 << 20,
    });
    const start = 0 as OrderNumber;
    const view: View = { genesis: 'g', number: 1 as ViewNumber, members, learners: [], start };
    Object.assign(state, { view, rank: 0, phase: 'member' });
    for (const peer of [b, c]) state.linked.add(peer);
    const detector = new FailureDetector(state);
    detector.reset(view);
    const receipts = new Receipts();
    receipts.reset(view);
    const dispatch = new Dispatch(state, receipts, detector);
    dispatch.reset();
    const sent = new Map([b, c].map((peer) => [peer, start]));
    for (; ; state.now++) {
      const submission = (state.log.last + 1) as SubmissionNumber;
      state.append({ sender: a, firstSubmission: submission, lengths: [1], payload: new Uint8Array(1) });
      state.stable = Math.max(0, state.log.last - lagMs) as OrderNumber;
      receipts.note(b, state.stable);
      const chosen = dispatch.choose((peer) => sent.get(peer)!);
      if (chosen.includes(c)) return state.now;
      for (const peer of chosen) sent.set(peer, state.log.last);
    }
  }

  it('c is sent it now and then, as long as b answers in time', () => {
    expect(firstSentToC(1)).to.equal(limits.trailingMs);
  });

  it('c is sent it soon, when b takes its time for each entry, though it never stops to answer', () => {
    expect(firstSentToC(10)).to.equal(limits.hurriedMs);
  });
});
