import { expect } from 'chai';
import { encodePeerMessage } from '../wire/encode-peer.js';
import { dial, type DialOutcome } from './dial.js';
import { Relay } from './relay.fixture.js';
import { linkedMembers, TestMember } from './test-member.fixture.js';
import { until } from './until.fixture.js';

const entries = (first: number, size = 10): object => ({
  kind: 'entries',
  first,
  runs: [{ sender: 'a/1', firstSubmission: first, lengths: [size], payload: Buffer.alloc(size, 1) }],
  through: 9,
});
const fetch = { kind: 'fetch', from: 1, to: 9 };

describe('the lane for state transfer', () => {
  const toStop: (TestMember | { close(): void })[] = [];

  afterEach(async () => {
    for (const each of toStop.splice(0)) await ('stop' in each ? each.stop() : each.close());
  });

  const pair = async (): Promise<[TestMember, TestMember]> => {
    const members = (await linkedMembers('a/1', 'b/1')) as [TestMember, TestMember];
    toStop.push(...members);
    return members;
  };

  const kinds = ({ received }: TestMember): string[] => received.map(({ message }) => message.kind);

  for (const [asking, giving] of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    it(`is opened by ${asking} when it asks, and answered by ${giving} on the same connection`, async () => {
      const [a, b] = await pair();
      const [joiner, donor] = asking === 'a' ? [a, b] : [b, a];
      const before = joiner.counters.count('link-accepted') + donor.counters.count('link-accepted');
      joiner.send(donor, fetch, 'transfer');
      await until(() => donor.received.length === 1);
      for (let first = 1; first <= 9; first++) donor.send(joiner, entries(first), 'transfer');
      await until(() => joiner.received.length === 9);
      expect(joiner.received.map(({ message }) => message)).to.deep.equal(
        Array.from({ length: 9 }, (_, index) => entries(index + 1)),
      );
      expect(joiner.counters.count('link-accepted') + donor.counters.count('link-accepted')).to.equal(before + 1);
    });
  }

  it('does not hold up the main link', async () => {
    const [a, b] = [new TestMember('a/1'), new TestMember('b/1')];
    toStop.push(a, b);
    await a.listen();
    await b.listen();
    // The first connection through the relay is the main link, the next one is jammed.
    const relay = await Relay.to(() => b.address);
    toStop.push(relay);
    a.start(new Map([[b.name, relay.address]]));
    b.start(new Map([[a.name, a.address]]));
    await until(() => a.events.length === 1 && b.events.length === 1);
    a.send(b, fetch, 'transfer');
    await until(() => b.received.length === 1);
    relay.pause(1);
    for (let first = 1; first <= 200; first++) b.send(a, entries(first, 250_000), 'transfer');
    b.send(a, { kind: 'leave', view: 1 });
    await until(() => kinds(a).includes('leave'));
    expect(kinds(a).filter((kind) => kind === 'entries').length).to.be.lessThan(200);
  });

  it('carries nothing from whom there is no main link with', async () => {
    const [b, c] = [new TestMember('b/1'), new TestMember('c/1')];
    toStop.push(b, c);
    await b.listen();
    await c.listen();
    await c.server.close();
    b.start(new Map([[c.name, c.address]]));
    const outcome = await new Promise<DialOutcome>((onDone) => {
      const { address, counters } = b;
      dial({ address, own: c.own, role: 'transfer', judge: () => undefined, timeoutMs: 5000, counters, onDone });
    });
    if (outcome.kind !== 'up') throw new Error(outcome.kind);
    outcome.connection.trust(1000);
    outcome.connection.send(encodePeerMessage(fetch as never));
    outcome.connection.flush();
    await until(() => b.counters.count('transfer-without-link') === 1);
    expect(b.received).to.deep.equal([]);
    outcome.connection.destroy('done');
  });

  it('drops what it cannot bring, and tries again with what comes later', async () => {
    const [a, b] = [new TestMember('a/1'), new TestMember('b/1')];
    toStop.push(a, b);
    await a.listen();
    await b.listen();
    const relay = await Relay.to(() => b.address);
    toStop.push(relay);
    a.start(new Map([[b.name, relay.address]]));
    b.start(new Map([[a.name, a.address]]));
    await until(() => a.events.length === 1 && b.events.length === 1);
    relay.refuse = true;
    a.send(b, fetch, 'transfer');
    await until(() => a.counters.count('transfer-dial-failed') === 1);
    relay.refuse = false;
    a.send(b, { ...fetch, to: 3 }, 'transfer');
    await until(() => b.received.length === 1);
    expect(b.received[0]?.message).to.deep.equal({ ...fetch, to: 3 });
    expect(a.events).to.deep.equal(['up b/1']);
  });
});
