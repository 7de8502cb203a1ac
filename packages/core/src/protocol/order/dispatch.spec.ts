import { expect } from 'chai';
import type { IncarnationId } from '@lockstep/contracts';
import { type Cluster, group } from '../cluster.fixture.js';
import { limits } from '../limits.js';

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
