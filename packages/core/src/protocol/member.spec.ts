import { expect } from 'chai';
import type {
  Ballot,
  EntryRun,
  IncarnationId,
  OrderNumber,
  SubmissionNumber,
  View,
  ViewNumber,
} from '@lockstep/contracts';
import { Cluster, group, settings } from './cluster.fixture.js';
import { limits } from './limits.js';
import { Member } from './member.js';
import type { PeerMessage } from './messages.js';

describe('Member', () => {
  it('forms the first view when every configured member is there, and not before', () => {
    const cluster = new Cluster(settings('abc'));
    const a = cluster.start('a');
    cluster.start('b');
    expect(cluster.views.size).to.equal(0);
    cluster.start('c');
    expect(cluster.views.get(a)!.members.map((member) => member.incarnation)).to.deep.equal(['a/1', 'b/1', 'c/1']);
    expect(new Set([...cluster.views.values()].map((view) => view.number))).to.deep.equal(new Set([1]));
  });

  it('gives entries of all members one order, and says when they are stable', () => {
    const cluster = group('abc');
    for (const id of cluster.ids) cluster.submit(id, `${id} one`, `${id} two`);
    cluster.pass(10);
    const expected = ['a/1 one', 'a/1 two', 'b/1 one', 'b/1 two', 'c/1 one', 'c/1 two'];
    for (const id of cluster.ids) {
      expect(cluster.ordered.get(id)).to.deep.equal(expected);
      expect(cluster.stable.get(id)).to.equal(6);
    }
  });

  it('goes on without a member that is killed, whichever it is, and lets it join again with everything', () => {
    for (const victim of [0, 1, 2]) {
      const cluster = group('abc');
      cluster.submit(cluster.ids[0]!, 'before');
      cluster.kill(cluster.ids[victim]!);
      const [one, other] = cluster.ids.filter((_, index) => index !== victim) as [IncarnationId, IncarnationId];
      expect(cluster.views.get(one)!.members.map((member) => member.incarnation)).to.deep.equal([one, other]);
      cluster.submit(other, 'after');
      expect(cluster.stable.get(one)).to.equal(2);
      const reborn = cluster.start('abc'[victim]!, 2);
      cluster.pass(1000);
      expect(cluster.roles.get(reborn)).to.equal('member');
      expect(cluster.ordered.get(reborn)).to.deep.equal(['before', 'after']);
      cluster.submit(reborn, 'again');
      expect(cluster.ordered.get(one)).to.deep.equal(['before', 'after', 'again']);
      expect(cluster.stable.get(reborn)).to.equal(3);
    }
  });

  it('submits again, once, what the dead sequencer had not put in order', () => {
    const cluster = group('abc');
    const [a, b, c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.cut(a, b);
    cluster.submit(b, 'lost with a');
    expect(cluster.ordered.get(c)).to.deep.equal([]);
    cluster.kill(a);
    for (const id of [b, c]) expect(cluster.ordered.get(id)).to.deep.equal(['lost with a']);
  });

  it('F8: leaves out one of two members that cannot hear each other, and does not flap', () => {
    const cluster = group('abc');
    const [a, b, c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.cut(a, b);
    cluster.pass(3000);
    expect(cluster.views.get(a)!.members.map((member) => member.incarnation)).to.deep.equal([a, c]);
    expect(cluster.views.get(a)!.number).to.equal(2);
    cluster.link(a, b);
    cluster.pass(500);
    expect(cluster.ended.get(b)).to.be.a('string');
    expect(cluster.views.get(c)!.number).to.equal(2);
  });

  it('F6: stops without a quorum, and goes on when it is back', () => {
    const cluster = group('abc');
    const [a, b, c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    for (const [one, other] of [
      [a, b],
      [a, c],
      [b, c],
    ] as const)
      cluster.cut(one, other);
    cluster.submit(a, 'alone');
    cluster.pass(5000);
    cluster.submit(b, 'alone too');
    for (const id of cluster.ids) expect(cluster.stable.get(id) ?? 0).to.equal(0);
    for (const [one, other] of [
      [a, b],
      [a, c],
      [b, c],
    ] as const)
      cluster.link(one, other);
    cluster.pass(3000);
    for (const id of cluster.ids) {
      expect(cluster.ordered.get(id)).to.have.members(['alone', 'alone too']);
      expect(cluster.stable.get(id)).to.equal(2);
      expect(cluster.views.get(id)!.members).to.have.length(3);
      expect(cluster.quorums.get(id)).to.deep.equal([false, true]);
    }
  });

  it('F5: says of the minority only that it hears no quorum', () => {
    const cluster = group('abc');
    const [a, b, c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.cut(a, b);
    cluster.cut(a, c);
    cluster.pass(1500);
    expect(cluster.views.get(b)!.members).to.have.length(2);
    expect([a, b, c].map((id) => cluster.quorums.get(id))).to.deep.equal([[false], undefined, undefined]);
  });

  it('accepts what ends a view only when it holds everything up to that end', () => {
    const cluster = group('abc');
    const [a, b, c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.cut(a, c);
    cluster.submit(a, 'what c lacks');
    const { members, number } = cluster.views.get(c)!;
    const value = { members, learners: [], end: 1 as OrderNumber };
    const accept: PeerMessage = { kind: 'accept', view: number, ballot: 4 as Ballot, value };
    const answers = (message: PeerMessage): string[] =>
      cluster.members
        .get(c)!
        .step({ kind: 'receive', peer: b, messages: [message] }, cluster.now)
        .flatMap((effect) => (effect.kind === 'send' ? [effect.message.kind] : []));
    expect(answers(accept)).to.include('fetch').and.not.to.include('accepted');
    const entry = { sender: a, firstSubmission: 1 as SubmissionNumber, lengths: [12], payload: new Uint8Array(12) };
    const entries: PeerMessage = { kind: 'entries', first: 1 as OrderNumber, runs: [entry], through: 1 as OrderNumber };
    expect(answers(entries)).to.include('accepted');
  });

  it('as a learner, hears the order on whatever late answers to its fetches bring', () => {
    const [a, b, learner] = ['a/1', 'b/1', 'c/2'] as [IncarnationId, IncarnationId, IncarnationId];
    const member = new Member({ incarnation: learner, witness: false }, settings('abc'));
    const [number, start, one] = [2 as ViewNumber, 0 as OrderNumber, 1 as OrderNumber];
    const members = [a, b].map((incarnation) => ({ incarnation, witness: false }));
    const view: View = {
      genesis: 'a/1#1',
      number,
      members,
      learners: [{ incarnation: learner, witness: false }],
      start,
    };
    const ordered: number[] = [];
    const receive = (...messages: PeerMessage[]): void => {
      for (const effect of member.step({ kind: 'receive', peer: a, messages }, 0))
        if (effect.kind === 'ordered') ordered.push(effect.ordered.first);
    };
    const runOf = (submission: number): EntryRun => ({
      sender: a,
      firstSubmission: submission as SubmissionNumber,
      lengths: [1],
      payload: new Uint8Array(1),
    });
    member.step({ kind: 'start', bootstrap: false }, 0);
    member.step({ kind: 'link-up', peer: a }, 0);
    receive({ kind: 'install', view });
    receive({ kind: 'order', view: number, first: one, runs: [runOf(1)], stable: one });
    receive({ kind: 'entries', first: one, runs: [runOf(1)], through: one });
    receive({ kind: 'order', view: number, first: 2 as OrderNumber, runs: [runOf(2)], stable: 2 as OrderNumber });
    expect(ordered).to.deep.equal([1, 2]);
  });

  it('of two members rank 0 goes on alone, and rank 1 stops', () => {
    const first = group('ab');
    first.kill(first.ids[1]!);
    first.submit(first.ids[0]!, 'alone');
    expect(first.stable.get(first.ids[0]!)).to.equal(1);
    const second = group('ab');
    second.kill(second.ids[0]!);
    second.submit(second.ids[1]!, 'alone');
    second.pass(5000);
    expect(second.stable.get(second.ids[1]!) ?? 0).to.equal(0);
  });

  it('two members with a witness survive the loss of either', () => {
    for (const victim of [0, 1]) {
      const cluster = group('abw', { witness: 'w' });
      cluster.kill(cluster.ids[victim]!);
      const survivor = cluster.ids[1 - victim]!;
      cluster.submit(survivor, 'alone');
      expect(cluster.stable.get(survivor)).to.equal(1);
    }
  });

  it('with a fence, either of two goes on, but only once the other is fenced', () => {
    for (const victim of [0, 1]) {
      const cluster = group('ab', { fence: true });
      const dead = cluster.ids[victim]!;
      const survivor = cluster.ids[1 - victim]!;
      cluster.kill(dead);
      cluster.submit(survivor, 'alone');
      expect(cluster.fences).to.deep.equal([dead]);
      expect(cluster.stable.get(survivor) ?? 0).to.equal(0);
      cluster.step(survivor, { kind: 'fenced', target: dead, succeeded: true });
      cluster.settle();
      expect(cluster.stable.get(survivor)).to.equal(1);
    }
  });

  it('with a fence that failed, two go on together when the other one was alive after all', () => {
    const cluster = group('ab', { fence: true });
    const [a, b] = cluster.ids as [IncarnationId, IncarnationId];
    cluster.cut(a, b);
    // a stands still meanwhile, and notices nothing.
    for (; cluster.fences.length === 0; cluster.now += 100) cluster.step(b, { kind: 'tick' });
    cluster.step(b, { kind: 'fenced', target: a, succeeded: false });
    cluster.link(a, b);
    cluster.submit(a, 'one');
    cluster.pass(5 * cluster.settings.timing.suspectAfterMs);
    for (const id of [a, b]) expect([cluster.ordered.get(id), cluster.stable.get(id)]).to.deep.equal([['one'], 1]);
  });

  it('lets members leave, down to the last', () => {
    const cluster = group('abc');
    const [a, b, c] = cluster.ids as [IncarnationId, IncarnationId, IncarnationId];
    cluster.submit(a, 'one');
    for (const id of [a, c, b]) {
      cluster.step(id, { kind: 'leave' });
      cluster.settle();
      cluster.pass(200);
      expect(cluster.ended.get(id), id).to.equal('left');
      for (const peer of cluster.members.keys()) if (peer !== id) cluster.cut(peer, id);
      cluster.members.delete(id);
      if (id === a) cluster.submit(b, 'two');
    }
    expect(cluster.ordered.get(b)).to.deep.equal(['one', 'two']);
  });

  it('lets all members leave at once, in a few views', () => {
    const cluster = group('abc');
    cluster.submit(cluster.ids[0]!, 'one');
    for (const id of cluster.ids) cluster.step(id, { kind: 'leave' });
    cluster.settle();
    cluster.pass(2000);
    for (const id of cluster.ids) {
      expect(cluster.ended.get(id), id).to.equal('left');
      expect(cluster.views.get(id)!.number).to.be.at.most(2);
    }
  });

  it('goes on without a member whose service executes nothing, also when that is the sequencer', () => {
    for (const slow of [0, 2]) {
      const cluster = group('abc');
      const [id, ...others] = [cluster.ids[slow]!, ...cluster.ids.toSpliced(slow, 1)] as const;
      cluster.stuck.add(id);
      cluster.submit(cluster.ids[1]!, ...Array.from({ length: limits.executionEntriesMax }, () => ''));
      cluster.submit(cluster.ids[1]!, 'one too many');
      expect(cluster.stable.get(others[0]!)).to.equal(limits.executionEntriesMax);
      cluster.pass(cluster.settings.timing.laggardAfterMs - 1000);
      expect(cluster.ended.get(id)).to.equal(undefined);
      cluster.pass(2000);
      expect(cluster.ended.get(id), 'ends, and not because it was asked to')
        .to.be.a('string')
        .that.does.not.equal('left');
      for (const other of others) expect(cluster.ordered.get(other)!.at(-1)).to.equal('one too many');
    }
  });

  it('drops history as fast as it grows, on every member', () => {
    const historyBytesMax = 2 * limits.untoldBytesMax;
    const cluster = group('abc', { historyBytesMax });
    const entry = 'x'.repeat(limits.entryBytesMax);
    for (let bytes = 0; bytes < 8 * historyBytesMax; bytes += entry.length) cluster.submit(cluster.ids[1]!, entry);
    for (const id of cluster.ids) {
      const { historyBytes } = cluster.members.get(id)!.snapshot();
      expect(historyBytes, id).to.be.within(historyBytesMax / 2, historyBytesMax + 2 * limits.untoldBytesMax);
    }
  });

  it('forms a group of one at the operator’s word, and others join', () => {
    const cluster = new Cluster(settings('abc'));
    const a = cluster.start('a', 1, true);
    cluster.submit(a, 'one');
    const b = cluster.start('b');
    cluster.pass(2000);
    expect(cluster.roles.get(b)).to.equal('member');
    expect(cluster.ordered.get(b)).to.deep.equal(['one']);
  });
});
