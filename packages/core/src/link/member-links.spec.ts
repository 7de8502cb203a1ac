import type { IncarnationId, MemberName } from '@lockstep/contracts';
import { expect } from 'chai';
import { dial } from './dial.js';
import { EventCounters } from './event-counters.js';
import type { Address } from '@lockstep/sockets';
import { linkLimits } from './limits.js';
import { Relay } from './relay.fixture.js';
import { linkedMembers, TestMember } from './test-member.fixture.js';
import { until } from './until.fixture.js';

const order = (first: number, size: number): object => ({
  kind: 'order',
  view: 1,
  first,
  runs: [{ sender: 'a/1', firstSubmission: first, lengths: [size], payload: Buffer.alloc(size, first % 256) }],
  stable: 0,
});

interface Relayed {
  readonly a: TestMember;
  readonly b: TestMember;
  readonly relay: Relay;
}

describe('links between members', () => {
  const toStop: { stop(): Promise<void> | void }[] = [];
  const relays: Relay[] = [];

  afterEach(async () => {
    for (const each of toStop.splice(0)) await each.stop();
    for (const relay of relays.splice(0)) relay.close();
  });

  const members = async (...incarnations: string[]): Promise<TestMember[]> => {
    const all = await linkedMembers(...incarnations);
    toStop.push(...all);
    return all;
  };

  /** a/1 and b/1, with a relay on the way from a to b. */
  const relayed = async (suspectAfterMs = 5000, cutFirstAfterBytes = Infinity): Promise<Relayed> => {
    const [a, b] = [new TestMember('a/1'), new TestMember('b/1')];
    toStop.push(a, b);
    a.suspectAfterMs = b.suspectAfterMs = suspectAfterMs;
    await a.listen();
    await b.listen();
    const relay = await Relay.to(() => b.address);
    relay.cutFirstAfterBytes = cutFirstAfterBytes;
    relays.push(relay);
    a.start(new Map([[b.name, relay.address]]));
    b.start(new Map([[a.name, a.address]]));
    await until(() => a.events.at(-1) === 'up b/1' && b.events.at(-1) === 'up a/1');
    return { a, b, relay };
  };

  it('come up once for each pair, and carry messages both ways', async () => {
    const [a, b, c] = (await members('a/1', 'b/1', 'c/1')) as [TestMember, TestMember, TestMember];
    expect([...a.events].sort()).to.deep.equal(['up b/1', 'up c/1']);
    expect([...c.events].sort()).to.deep.equal(['up a/1', 'up b/1']);
    a.links.send([b.incarnation, c.incarnation], 'main', order(1, 10) as never);
    a.links.flush();
    c.send(a, { kind: 'leave', view: 3 });
    await until(() => a.received.length + b.received.length + c.received.length === 3);
    expect(a.received).to.deep.equal([{ from: 'c/1', message: { kind: 'leave', view: 3 } }]);
    expect(b.received[0]?.message).to.deep.equal(order(1, 10));
    expect(c.received[0]?.message).to.deep.equal(order(1, 10));
  });

  it('hand over everything that one read brought in as one batch', async () => {
    const [a, b] = (await members('a/1', 'b/1')) as [TestMember, TestMember];
    for (let first = 1; first <= 20; first++) a.links.send([b.incarnation], 'main', order(first, 50) as never);
    a.links.flush();
    await until(() => b.received.length === 20);
    expect(b.batches.filter((size) => size > 0)).to.deep.equal([20]);
  });

  it('do not reach whoever is not linked, or another incarnation', async () => {
    const [a, b] = (await members('a/1', 'b/1')) as [TestMember, TestMember];
    a.links.send(['b/0', 'x/1', 'a/1'] as IncarnationId[], 'main', { kind: 'leave', view: 1 } as never);
    a.send(b, { kind: 'leave', view: 2 });
    await until(() => b.received.length > 0);
    expect(b.received).to.deep.equal([{ from: 'a/1', message: { kind: 'leave', view: 2 } }]);
  });

  for (const [stopped, other] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    it(`tell ${other} that ${stopped} is gone, and when its next incarnation comes`, async () => {
      const all = await members('a/1', 'b/1');
      const old = all.find(({ name }) => name === stopped)!;
      const stays = all.find(({ name }) => name === other)!;
      await old.stop();
      await until(() => stays.events.length === 3);
      const next = new TestMember(`${stopped}/2`, old.address);
      toStop.push(next);
      await next.listen();
      next.start(new Map([[stays.name, stays.address]]));
      await until(() => stays.events.length === 4 && next.events.length === 1);
      const happened = [`up ${stopped}/1`, `down ${stopped}/1`, `gone ${stopped}/1`, `up ${stopped}/2`];
      expect(stays.events).to.deep.equal(happened);
      expect(next.events).to.deep.equal([`up ${stays.incarnation}`]);
    });

    it(`tell ${other} that ${stopped} is gone when its next incarnation answers at once`, async () => {
      const { a, b, relay } = await relayed();
      const [old, stays] = stopped === 'a' ? [a, b] : [b, a];
      await old.server.close();
      const next = new TestMember(`${stopped}/2`, old.address);
      toStop.push(next);
      await next.listen();
      next.start(new Map([[stays.name, stays.address]]));
      relay.reset();
      await until(() => stays.events.length >= 4);
      const happened = [`up ${stopped}/1`, `down ${stopped}/1`, `gone ${stopped}/1`, `up ${stopped}/2`];
      expect([...stays.events].sort()).to.deep.equal(happened.sort());
      expect(stays.events.indexOf(`down ${stopped}/1`)).to.be.lessThan(stays.events.indexOf(`gone ${stopped}/1`));
    });
  }

  it('come back at once after a reset, without anybody being gone (F13)', async () => {
    const { a, b, relay } = await relayed();
    relay.reset();
    await until(() => a.events.length === 3 && b.events.length === 3);
    expect(a.events).to.deep.equal(['up b/1', 'down b/1', 'up b/1']);
    expect(b.events).to.deep.equal(['up a/1', 'down a/1', 'up a/1']);
    b.send(a, { kind: 'leave', view: 9 });
    await until(() => a.received.length === 1);
  });

  it('survive a cut at every byte of the handshake and of the frames behind it (F13)', async () => {
    const survive = async (cut: number): Promise<number> => {
      const { a, b, relay } = await relayed(5000, cut);
      a.send(b, order(1, 10));
      while (!b.received.some(({ message }) => message.kind === 'leave')) {
        a.send(b, order(2, 10));
        a.send(b, { kind: 'leave', view: 1 });
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      for (const { message } of b.received) {
        if (message.kind === 'order') expect(message).to.deep.equal(order(message.first, 10));
      }
      expect(b.counters.count('link-bad-input')).to.equal(0);
      expect([...a.events, ...b.events].filter((event) => event.startsWith('gone'))).to.deep.equal([]);
      return relay.connections;
    };
    const connections = await Promise.all(Array.from({ length: 120 }, (_, index) => survive(index + 1)));
    expect(Math.min(...connections), 'each was cut').to.equal(2);
  });

  it('are broken when nothing comes any more, and tried again; nobody is gone (F12)', async () => {
    const suspectAfterMs = 200;
    const { a, b, relay } = await relayed(suspectAfterMs);
    const startedAt = performance.now();
    relay.blackHole = true;
    await until(() => a.events.includes('down b/1') && b.events.includes('down a/1'));
    expect(performance.now() - startedAt).to.be.at.least(suspectAfterMs * 0.9);
    relay.blackHole = false;
    relay.reset();
    await until(() => a.events.at(-1) === 'up b/1' && b.events.at(-1) === 'up a/1');
    expect([...a.events, ...b.events].filter((event) => event.startsWith('gone'))).to.deep.equal([]);
  });

  it('are kept while anything comes', async () => {
    const suspectAfterMs = 200;
    const { a, b } = await relayed(suspectAfterMs);
    const beat = setInterval(() => {
      a.send(b, { kind: 'leave', view: 1 });
      b.send(a, { kind: 'leave', view: 1 });
    }, suspectAfterMs / 10);
    await until(() => b.received.length >= 25);
    clearInterval(beat);
    expect(a.events).to.deep.equal(['up b/1']);
  });

  it('are broken when too much is unsent, and made anew', async () => {
    const { a, b, relay } = await relayed();
    relay.pause();
    const large = order(1, 250_000);
    while (!a.events.includes('down b/1')) {
      a.send(b, large);
      await new Promise(setImmediate);
    }
    expect(a.counters.count('link-too-slow')).to.equal(1);
    await until(() => a.events.at(-1) === 'up b/1');
  });

  it('close on malformed messages, and count them', async () => {
    const [a, b] = (await members('a/1', 'b/1')) as [TestMember, TestMember];
    a.send(b, { kind: 'prepare', view: 0, ballot: 1 });
    await until(() => b.events.includes('down a/1'));
    expect(b.counters.count('link-bad-input')).to.equal(1);
    expect(b.logger.lines.join('\n')).to.contain('bad input: a malformed message');
    await until(() => b.events.at(-1) === 'up a/1');
  });

  it('are closed on request, after what was sent', async () => {
    const [a, b] = (await members('a/1', 'b/1')) as [TestMember, TestMember];
    a.links.send([b.incarnation], 'main', { kind: 'excluded', view: 2, reason: 'x' } as never);
    a.links.disconnect(b.incarnation);
    await until(() => b.events.includes('down a/1'));
    expect(b.received.map(({ message }) => message.kind)).to.deep.equal(['excluded']);
  });

  it('wait for a member that starts late, and are up as soon as it calls', async () => {
    const [a, b] = [new TestMember('a/1'), new TestMember('b/1')];
    toStop.push(a, b);
    await a.listen();
    await b.listen();
    await b.server.close();
    a.start(new Map([[b.name, b.address]]));
    // By then it pauses for as long as it ever does.
    await until(() => a.logger.lines.length > 10);
    const late = new TestMember('b/2', b.address);
    toStop.push(late);
    await late.listen();
    const startedAt = performance.now();
    late.start(new Map([[a.name, a.address]]));
    await until(() => a.events.length === 1 && late.events.length === 1);
    expect(performance.now() - startedAt).to.be.lessThan(0.9 * linkLimits.backOffMaxMs);
    expect(a.logger.lines.filter((line) => line.startsWith('info: No link'))).to.have.lengthOf(1);
  });

  describe('refuse', () => {
    const attempt = async (
      caller: TestMember,
      called: TestMember,
      callersAddresses?: Map<MemberName, Address>,
    ): Promise<string> => {
      toStop.push(caller, called);
      await caller.listen();
      await called.listen();
      called.start(new Map([['a' as MemberName, caller.address]]));
      caller.start(callersAddresses ?? new Map([['b' as MemberName, called.address]]));
      await until(() => caller.logger.lines.some((line) => line.startsWith('warn')));
      expect(caller.events).to.deep.equal([]);
      expect(called.events).to.deep.equal([]);
      return caller.logger.lines.find((line) => line.startsWith('warn'))!;
    };

    it('another group (F31)', async () => {
      const line = await attempt(new TestMember('a/1', undefined, { group: 'h' }), new TestMember('b/1'));
      expect(line).to.contain('This is group "h", not "g"');
    });

    it('other settings', async () => {
      const line = await attempt(new TestMember('a/1', undefined, { settings: 'other' }), new TestMember('b/1'));
      expect(line).to.contain('give all hosts the same configuration');
    });

    it('another member than the one configured (F21)', async () => {
      const line = await attempt(new TestMember('a/1'), new TestMember('c/1'));
      expect(line).to.contain('is configured as the link address of b, but c/1 answers there');
    });

    it('a name that is not configured', async () => {
      const called = new TestMember('b/1');
      const caller = new TestMember('Z/1');
      await attempt(caller, called);
      const refusal = 'knows no other member of the name of Z/1';
      await until(() => caller.logger.lines.some((line) => line.includes(refusal)));
    });

    it('an incarnation that talks to itself', async () => {
      const a = new TestMember('a/1');
      toStop.push(a);
      await a.listen();
      a.start(new Map([['b' as MemberName, a.address]]));
      await until(() => a.logger.lines.some((line) => line.includes('talk to itself')));
    });

    it('a second process of a name while the first one answers (F21)', async () => {
      const [a, b] = (await members('a/1', 'b/1')) as [TestMember, TestMember];
      const stray = new TestMember('a/2');
      toStop.push(stray);
      await stray.listen();
      stray.start(new Map([[b.name, b.address]]));
      await until(() => stray.logger.lines.some((line) => line.includes('stop one of the two')));
      b.send(a, { kind: 'leave', view: 1 });
      await until(() => a.received.length === 1);
      expect(b.events).to.deep.equal(['up a/1']);
    });

    it('a link from the side that is to accept it', async () => {
      const [a, b] = (await members('a/1', 'b/1')) as [TestMember, TestMember];
      const outcome = await new Promise((resolve) => {
        const counters = new EventCounters();
        const { address } = a;
        dial({
          address,
          own: b.own,
          role: 'member',
          judge: () => undefined,
          timeoutMs: 500,
          counters,
          onDone: resolve,
        });
      });
      expect(outcome).to.include({ kind: 'refused', by: 'them' });
    });
  });

  it('are replaced by a newer link of the same incarnation', async () => {
    const [a, b] = (await members('a/1', 'b/1')) as [TestMember, TestMember];
    const outcome = await new Promise<{ kind: string }>((resolve) => {
      const counters = new EventCounters();
      const { address } = b;
      dial({ address, own: a.own, role: 'member', judge: () => undefined, timeoutMs: 500, counters, onDone: resolve });
    });
    expect(outcome.kind).to.equal('up');
    await until(() => b.events.length >= 3);
    expect(b.events.slice(0, 3)).to.deep.equal(['up a/1', 'down a/1', 'up a/1']);
    await until(() => a.events.length >= 3);
  });
});
