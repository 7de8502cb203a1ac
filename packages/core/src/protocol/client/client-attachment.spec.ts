import { expect } from 'chai';
import type { ConnectionNumber, Epoch, IncarnationId, MemberName, View } from '@lockstep/contracts';
import type { Attached, AttachRefused } from '../connections/client-link.js';
import type { acknowledgement } from '../connections/replica-bench.fixture.js';
import { attached, data, finish, open, output, piece, progress, reset } from '../connections/replica-bench.fixture.js';
import { a, b, batch, c, ClientBench, viewWith } from './client-bench.fixture.js';
import type { ClientEffect } from './client-io.js';

function attach(
  member: MemberName,
  epoch: number,
  established = false,
  received: readonly ReturnType<typeof acknowledgement>[] = [],
): ClientEffect {
  return { kind: 'send', member, message: { kind: 'attach', epoch: epoch as Epoch, established, received } };
}

function connect(member: MemberName): ClientEffect {
  return { kind: 'connect', member };
}

function disconnect(member: MemberName): ClientEffect {
  return { kind: 'disconnect', member };
}

function attachedIn(epoch: number, view: View): Attached {
  return { ...attached(epoch, 1, 1), view };
}

function refused(...members: string[]): AttachRefused {
  return { kind: 'refused', reason: 'not-a-member', members: members as IncarnationId[] };
}

describe('a client engine looks for a member:', () => {
  it('first the first configured one, and asks to be attached when the link is up', () => {
    const bench = new ClientBench();
    expect(bench.tell({ kind: 'start' })).to.deep.equal([connect(a)]);
    expect(bench.linkUp(a)).to.deep.equal([attach(a, 1)]);
    expect(bench.engine.snapshot()).to.include({ state: 'attaching', member: a, epoch: 1 });
  });

  it('the next one at once, with a larger epoch', () => {
    const bench = new ClientBench().opened();
    expect(bench.linkDown(a)).to.deep.equal([connect(b)]);
    expect(bench.linkUp(b)).to.deep.equal([attach(b, 2, true)]);
  });

  it('the next one by rank in the last known view, whoever else is configured behind them', () => {
    const bench = new ClientBench().attached();
    bench.receive(a, { kind: 'view', view: viewWith(2, 'c', 'a', 'w') });
    bench.receive(a, { kind: 'view', view: viewWith(1, 'a', 'b', 'c') });
    expect(bench.linkDown(a)).to.deep.equal([connect(c)]);
    expect(bench.linkDown(c)).to.deep.equal([connect(b)]);
  });

  it('the first configured one, once, if it was attached elsewhere first', () => {
    const bench = new ClientBench();
    bench.tell({ kind: 'start' });
    bench.linkDown(a);
    bench.linkUp(b);
    bench.accept();
    expect(bench.receive(b, attachedIn(1, viewWith(1, 'a', 'b', 'c')))).to.deep.equal([disconnect(b), connect(a)]);
    expect(bench.flush()).to.deep.equal([]);
    expect(bench.linkUp(a)).to.deep.equal([attach(a, 2, true)]);
    expect(bench.linkDown(a)).to.deep.equal([connect(b)]);
    bench.linkUp(b);
    expect(bench.receive(b, attachedIn(3, viewWith(1, 'a', 'b', 'c')))).to.deep.equal([]);
    expect(bench.flush()).to.deep.equal([batch(b, 3, open(1))]);
  });

  it('not the first configured one, if the group is without it', () => {
    const bench = new ClientBench();
    bench.tell({ kind: 'start' });
    bench.linkDown(a);
    bench.linkUp(b);
    expect(bench.receive(b, attachedIn(1, viewWith(1, 'b', 'c')))).to.deep.equal([]);
    expect(bench.engine.snapshot()).to.include({ state: 'attached', member: b });
  });

  it('whom a refusal names', () => {
    const bench = new ClientBench();
    bench.tell({ kind: 'start' });
    bench.linkUp(a);
    expect(bench.receive(a, refused('a/1', 'c/7'))).to.deep.equal([disconnect(a), connect(c)]);
  });

  it('after a fruitless round with a delay, which grows up to a bound', () => {
    const bench = new ClientBench();
    bench.tell({ kind: 'start' });
    const delays: number[] = [];
    for (let round = 0; round < 7; round++) {
      expect(bench.linkDown(a)).to.deep.equal([connect(b)]);
      expect(bench.linkDown(b)).to.deep.equal([connect(c)]);
      expect(bench.linkDown(c)).to.deep.equal([]);
      const due = bench.engine.nextDeadline()!;
      delays.push(due - bench.now);
      expect(bench.at(due - 1)).to.deep.equal([]);
      expect(bench.at(due)).to.deep.equal([connect(a)]);
    }
    expect(delays).to.deep.equal([10, 20, 40, 80, 160, 250, 250]);
  });

  it('another one, when the link does not come up, or the attachment does not come about', () => {
    const bench = new ClientBench();
    bench.tell({ kind: 'start' });
    expect(bench.engine.nextDeadline()).to.equal(1000);
    expect(bench.at(1000)).to.deep.equal([disconnect(a), connect(b)]);
    bench.linkUp(b);
    for (let now = 1200; now < 3000; now += 200) {
      expect(bench.at(now)).to.deep.equal([{ kind: 'send', member: b, message: { kind: 'heartbeat' } }]);
    }
    expect(bench.at(3000)).to.deep.equal([disconnect(b), connect(c)]);
  });

  it('another one, when the present one is silent', () => {
    const bench = new ClientBench().attached();
    for (let now = 200; now < 1000; now += 200) {
      expect(bench.at(now)).to.deep.equal([{ kind: 'send', member: a, message: { kind: 'heartbeat' } }]);
    }
    expect(bench.at(1000)).to.deep.equal([disconnect(a), connect(b)]);
  });

  it('no other one, if it was this process that stood still', () => {
    const bench = new ClientBench().attached();
    expect(bench.at(5000)).to.deep.equal([{ kind: 'send', member: a, message: { kind: 'heartbeat' } }]);
    for (let now = 5200; now < 6000; now += 200) bench.at(now);
    expect(bench.at(6000)).to.deep.equal([disconnect(a), connect(b)]);
  });

  it('another one, when the present one says what cannot be true', () => {
    const faults = [
      output(2, piece(1, 0, 'x')),
      output(1, piece(1, 1, 'x')),
      output(1, piece(2, 0, 'x')),
      output(1, finish('end', 1, 0), piece(1, 1, 'x')),
      progress(2, 1),
      progress(1, 2),
      progress(1, 1, [1, 1]),
      attached(1, 1, 1),
    ];
    for (const fault of faults) {
      const effects = new ClientBench().opened().receive(a, fault);
      expect(effects.slice(-2), JSON.stringify(fault)).to.deep.equal([disconnect(a), connect(b)]);
    }
  });

  it('another one, when one claims a state of the connections that cannot be true', () => {
    const faults = [
      attached(2, 9, 3, [1, 3, 0]),
      attached(2, 9, 1),
      attached(2, 9, 2, [1, 2, 0]),
      attached(2, 9, 2, [1, 7, 0]),
      attached(2, 9, 2, [1, 3, 4]),
      attached(3, 9, 2, [1, 3, 0]),
    ];
    for (const fault of faults) {
      const bench = new ClientBench().opened();
      bench.send(1, 'abc');
      bench.flush();
      bench.receive(a, progress(1, 2));
      bench.send(1, 'def');
      bench.linkDown(a);
      bench.linkUp(b);
      expect(bench.receive(b, fault), JSON.stringify(fault)).to.deep.equal([disconnect(b), connect(c)]);
    }
  });

  it('and ignores what is told of links that it does not use', () => {
    const bench = new ClientBench().opened();
    expect(bench.linkDown(b)).to.deep.equal([]);
    expect(bench.receive(b, { kind: 'expired' })).to.deep.equal([]);
    expect(bench.linkUp(a)).to.deep.equal([]);
  });
});

describe('a client engine that finds no member for too long', () => {
  function givenUp(): ClientBench {
    const bench = new ClientBench().opened();
    bench.send(1, 'abc');
    bench.accept();
    bench.linkDown(a);
    for (let now = 1000; now < 30_000; now += 250) bench.at(now);
    return bench;
  }

  it('resets its clients’ connections, and refuses new ones', () => {
    const bench = givenUp();
    bench.now = 30_000;
    const effects = bench.tell({ kind: 'tick' });
    expect(effects.slice(0, 3)).to.deep.equal([
      {
        kind: 'report',
        level: 'warn',
        event: 'gave-up',
        fields: { code: 'ERR_LOCKSTEP_NO_PRIMARY_VIEW', connections: 2 },
      },
      { kind: 'deliver-reset', connection: 1 },
      { kind: 'deliver-reset', connection: 2 },
    ]);
    expect(bench.accept()).to.deep.equal([{ kind: 'reject', token: 3 }]);
  });

  it('tells the group of it when there is one again', () => {
    const bench = givenUp();
    bench.at(30_000);
    const { member, epoch } = reattach(bench);
    bench.receive(member, attached(epoch, 9, 2, [1, 0, 0]));
    expect(bench.flush()).to.deep.equal([batch(member, epoch, reset(1), open(2), reset(2))]);
    expect(bench.accept()).to.deep.equal([{ kind: 'accepted', token: 3, connection: 3 }]);
    bench.receive(member, progress(epoch, 1));
    expect(bench.engine.connections().map(({ connection }) => connection)).to.deep.equal([3]);
  });

  it('holds them before that', () => {
    const bench = givenUp();
    const { member, epoch } = reattach(bench);
    bench.receive(member, attached(epoch, 9, 2, [1, 0, 0]));
    expect(bench.flush()).to.deep.equal([batch(member, epoch, data(1, 0, 'abc'), open(2))]);
  });

  /** Goes on until a member is dialled, and lets that succeed. */
  function reattach(bench: ClientBench): { member: MemberName; epoch: number } {
    while (bench.engine.snapshot().state !== 'connecting') bench.at(bench.engine.nextDeadline()!);
    const member = bench.engine.snapshot().member!;
    bench.linkUp(member);
    return { member, epoch: bench.engine.snapshot().epoch };
  }
});

describe('a client engine that the group has expired', () => {
  function expired(): { bench: ClientBench; effects: readonly ClientEffect[] } {
    const bench = new ClientBench().opened();
    bench.accept();
    bench.send(1, 'abc');
    bench.linkDown(a);
    bench.linkUp(b);
    return { bench, effects: bench.tell({ kind: 'receive', member: b, messages: [{ kind: 'expired' }] }) };
  }

  it('resets its clients’ connections, and says how far they were', () => {
    const { effects } = expired();
    expect(effects.slice(0, 4)).to.deep.equal([
      {
        kind: 'report',
        level: 'warn',
        event: 'expired',
        fields: {
          code: 'ERR_LOCKSTEP_CLIENT_EXPIRED',
          connections: 2,
          positions: ['1: sent 3, stable 0, received 0', '2: sent 0, stable 0, received 0'],
        },
      },
      { kind: 'deliver-reset', connection: 1 },
      { kind: 'deliver-reset', connection: 2 },
      disconnect(b),
    ]);
  });

  it('starts anew, as the group does; the driver’s numbers go on', () => {
    const { bench } = expired();
    expect(bench.accept()).to.deep.equal([{ kind: 'accepted', token: 3, connection: 3 }]);
    expect(bench.linkUp(c)).to.deep.equal([attach(c, 3, false)]);
    bench.receive(c, attached(3, 20, 1));
    expect(bench.flush()).to.deep.equal([batch(c, 3, open(1))]);
    expect(bench.receive(c, output(3, piece(1, 0, 'x')))).to.deep.equal([
      { kind: 'deliver', connection: 3, segment: { length: 1, payload: Uint8Array.of(120) } },
    ]);
    expect(bench.engine.connections()).to.have.nested.property('[0].number', 1 as ConnectionNumber);
  });
});
