import { expect } from 'chai';
import type { OrderNumber, SubmissionNumber } from '@lockstep/contracts';
import type { MemberToClient, OutputSegment } from './client-link.js';
import { connectionLimits } from './limits.js';
import {
  a1,
  acknowledge,
  attach,
  b1,
  bytes,
  commands,
  data,
  detach,
  end,
  expire,
  finish,
  k,
  keyOf,
  open,
  output,
  piece,
  ReplicaBench,
  reset,
  viewOf,
  withNews,
} from './replica-bench.fixture.js';
import type { ReplicaEffect } from './replica-io.js';

const key = keyOf('k:1@2');

function say(...messages: MemberToClient[]): ReplicaEffect {
  return { kind: 'send-client', client: k, messages };
}

/** The first output of an attachment: with it goes the news that the batch which opened the connection is stable. */
function firstOutput(...segments: OutputSegment[]): ReplicaEffect[] {
  return [say(withNews(output(1, ...segments), 1))];
}

/** An entry that leaves the service nothing to do. */
function executeNothing(order: number): ReplicaEffect {
  return { kind: 'execute', order: order as OrderNumber, operations: [] };
}

/** What a client interceptor that nobody has served for long enough brings about, attached in epoch 1. */
const expiry: ReplicaEffect[] = [
  { kind: 'report', level: 'info', event: 'client-away', fields: { client: k, epoch: 1 } },
  { kind: 'submit', entry: expire(1) },
];

describe('a replica', () => {
  it('executes every entry, also those without operations', () => {
    const bench = new ReplicaBench();
    bench.linkUp();
    expect(bench.order(attach(1, b1), commands(1, open(1), data(1, 0, 'ab')))).to.deep.equal([
      { kind: 'execute', order: 1, operations: [] },
      {
        kind: 'execute',
        order: 2,
        operations: [
          { kind: 'open', connection: key, endpoint: 'kv' },
          { kind: 'data', connection: key, segment: { length: 2, payload: bytes('ab') } },
        ],
      },
    ]);
  });

  describe('releases output', () => {
    it('when its cause is stable, with the next flush', () => {
      const bench = new ReplicaBench().attached();
      bench.order(commands(1, data(1, 0, 'x')));
      bench.output('ab', 2);
      bench.output('cd', 3);
      expect(bench.flush()).to.deep.equal(firstOutput(piece(1, 0, 'ab')));
      bench.stable();
      expect(bench.flush()).to.deep.equal([say(withNews(output(1, piece(1, 2, 'cd')), 2))]);
    });

    it('but for what is no unit long, which an adapter should not bring', () => {
      const bench = new ReplicaBench().attached();
      const cause = 2 as OrderNumber;
      bench.tell({ kind: 'output', connection: key, segment: { length: 0, payload: bytes('x') }, cause });
      bench.output('ab', 2);
      expect(bench.flush()).to.deep.equal(firstOutput(piece(1, 0, 'ab')));
    });

    it('with its end, or reset, as one more unit', () => {
      const bench = new ReplicaBench().attached();
      bench.output('ab', 2);
      bench.tell({ kind: 'output-end', connection: key, cause: 2 as OrderNumber });
      expect(bench.flush()).to.deep.equal(firstOutput(piece(1, 0, 'ab'), finish('end', 1, 2)));
      const other = new ReplicaBench().attached();
      other.tell({ kind: 'output-reset', connection: key, cause: 2 as OrderNumber });
      expect(other.flush()).to.deep.equal(firstOutput(finish('reset', 1, 0)));
    });

    it('of a connection whose end was told late no earlier than what was told before it', () => {
      const bench = new ReplicaBench().attached();
      bench.order(commands(1, open(2)));
      bench.output('later', 3, 'k:2@3');
      bench.tell({ kind: 'output-end', connection: key, cause: 2 as OrderNumber });
      expect(bench.flush()).to.deep.equal([]);
    });

    it('only to the client that is attached here', () => {
      const bench = new ReplicaBench();
      bench.settle(attach(1, b1), commands(1, open(1)));
      bench.output('ab', 2);
      expect(bench.flush()).to.deep.equal([]);
    });

    it('no further than the window beyond what is acknowledged', () => {
      const bench = new ReplicaBench().attached();
      for (let index = 0; index < 4; index++) bench.output('x'.repeat(300), 2);
      const sizes = (): number[] =>
        bench.flush().flatMap((effect) => {
          const messages = effect.kind === 'send-client' ? effect.messages : [];
          return messages.flatMap((message) => (message.kind === 'output' ? message.segments.map(lengthOf) : []));
        });
      expect(sizes()).to.deep.equal([300, 300]);
      bench.settle(commands(1, acknowledge(1, 300)));
      expect(sizes()).to.deep.equal([300]);
    });

    it('that is larger than the window all the same, alone', () => {
      const bench = new ReplicaBench().attached();
      bench.output('x'.repeat(5000), 2);
      expect(bench.flush()).to.deep.equal(firstOutput(piece(1, 0, 'x'.repeat(5000))));
    });

    it('while the link takes it', () => {
      const bench = new ReplicaBench().attached();
      bench.tell({ kind: 'client-link-writable', client: k, writable: false });
      bench.output('ab', 2);
      expect(bench.flush()).to.deep.equal([]);
      bench.tell({ kind: 'client-link-writable', client: k, writable: true });
      expect(bench.flush()).to.deep.equal(firstOutput(piece(1, 0, 'ab')));
    });
  });

  describe('caches', () => {
    it('what is produced and not acknowledged', () => {
      const bench = new ReplicaBench(b1);
      bench.settle(attach(1, a1), commands(1, open(1)));
      bench.later();
      bench.output('abc', 2);
      bench.output('de', 2);
      bench.order(commands(1, acknowledge(1, 1)));
      bench.later();
      expect(bench.replica.cacheOf(key)).to.deep.equal([piece(1, 1, 'bc'), piece(1, 3, 'de')]);
    });

    it('nothing that was acknowledged before its own service put it out', () => {
      const bench = new ReplicaBench(b1);
      bench.settle(attach(1, a1), commands(1, open(1), acknowledge(1, 4)));
      bench.later();
      bench.output('abc', 2);
      expect(bench.replica.cacheOf(key)).to.deep.equal([]);
      bench.output('de', 2);
      expect(bench.replica.cacheOf(key)).to.deep.equal([piece(1, 4, 'e')]);
    });

    it('nothing of a connection that is over', () => {
      const bench = new ReplicaBench(b1);
      bench.settle(attach(1, a1), commands(1, open(1)));
      bench.later();
      bench.output('abc', 2);
      bench.order(commands(1, reset(1)));
      bench.later();
      expect(bench.output('de', 2)).to.deep.equal([]);
      expect(bench.replica.snapshot()).to.include({ connections: 0, cacheBytes: 0 });
    });
  });

  describe('applies what nobody waits for, because no client interceptor is linked,', () => {
    const { deferMs, deferMsMax, deferredEntriesMax } = connectionLimits;

    it('with the first entry after a while', () => {
      const bench = new ReplicaBench();
      expect(bench.order(attach(1, b1))).to.deep.equal([]);
      bench.now = deferMs - 1;
      expect(bench.order(detach(1))).to.deep.equal([]);
      bench.now = deferMs;
      expect(bench.order(attach(2, b1))).to.deep.equal([executeNothing(1), executeNothing(2), executeNothing(3)]);
      expect(bench.replica.snapshot().deferred).to.equal(0);
    });

    it('by itself, if none comes', () => {
      const bench = new ReplicaBench();
      bench.order(attach(1, b1), attach(2, b1));
      expect(bench.replica.nextDeadline()).to.equal(deferMsMax);
      expect(bench.at(deferMsMax - 1)).to.deep.equal([]);
      expect(bench.at(deferMsMax)).to.deep.equal([executeNothing(1), executeNothing(2)]);
      expect(bench.replica.nextDeadline()).to.equal(undefined);
    });

    it('at once, when a client interceptor comes', () => {
      const bench = new ReplicaBench();
      bench.order(attach(1, b1));
      expect(bench.linkUp()).to.deep.equal([executeNothing(1)]);
      expect(bench.order(attach(2, b1))).to.deep.equal([executeNothing(2)]);
    });

    it('before the next view, which says whose clients nobody serves', () => {
      const bench = new ReplicaBench();
      bench.settle(attach(1, b1));
      expect(bench.replica.snapshot()).to.include({ applied: 0, stable: 1, deferred: 1 });
      expect(bench.tell({ kind: 'view', view: viewOf(2, [a1]), role: 'member' })).to.deep.equal([executeNothing(1)]);
      expect(bench.replica.snapshot()).to.include({ applied: 1, deferred: 0 });
      expect(bench.at(10_000)).to.deep.equal(expiry);
    });

    it('without decoding it before', () => {
      const bench = new ReplicaBench();
      let isRead = false;
      const entries = {
        length: 1,
        read: () => {
          isRead = true;
          return [{ order: 1 as OrderNumber, sender: a1, submission: 1 as SubmissionNumber, entry: attach(1, b1) }];
        },
      };
      bench.tell({ kind: 'ordered', entries });
      expect(isRead).to.equal(false);
      expect(bench.later()).to.deep.equal([executeNothing(1)]);
    });

    it('and when it is many', () => {
      const bench = new ReplicaBench();
      const few = Array.from({ length: deferredEntriesMax - 1 }, (_, index) => attach(index + 1, b1));
      expect(bench.order(...few)).to.deep.equal([]);
      expect(bench.replica.snapshot().deferred).to.equal(deferredEntriesMax - 1);
      expect(bench.order(attach(deferredEntriesMax, b1))).to.have.length(deferredEntriesMax);
    });
  });

  it('stops reading a connection whose output piles up, and goes on at half of it', () => {
    const bench = new ReplicaBench(b1);
    const resume: ReplicaEffect = { kind: 'resume-output', connection: key };
    bench.settle(attach(1, a1), commands(1, open(1)));
    bench.later();
    expect(bench.output('x'.repeat(900), 2)).to.deep.equal([]);
    expect(bench.output('x'.repeat(100), 2)).to.deep.equal([{ kind: 'pause-output', connection: key }]);
    expect(bench.output('x'.repeat(100), 2)).to.deep.equal([]);
    expect(bench.order(commands(1, acknowledge(1, 400)))).to.deep.equal([]);
    expect(bench.later()).to.deep.equal([executeNothing(3)]);
    expect(bench.order(commands(1, acknowledge(1, 900)))).to.deep.equal([]);
    expect(bench.later()).to.deep.equal([executeNothing(4), resume]);
  });

  it('stops reading the connections with the most output when all of them hold too much', () => {
    const settings = { connectionWindowBytes: 100_000, processCacheBytes: 60_000 };
    const bench = new ReplicaBench(b1, settings);
    bench.settle(attach(1, a1), commands(1, open(1), open(2)));
    bench.later();
    const report = (level: 'info' | 'warn', event: string, cached: number): ReplicaEffect => {
      return { kind: 'report', level, event, fields: { bytes: cached } };
    };
    expect(bench.output('x'.repeat(10_000), 2, 'k:2@2')).to.deep.equal([]);
    expect(bench.output('x'.repeat(50_000), 2)).to.deep.equal([
      { kind: 'pause-output', connection: key },
      report('warn', 'cache-full', 60_128),
    ]);
    expect(bench.output('x'.repeat(10_000), 2, 'k:2@2')).to.deep.equal([]);
    expect(bench.order(commands(1, acknowledge(1, 40_000)))).to.deep.equal([]);
    expect(bench.later()).to.deep.equal([
      executeNothing(3),
      { kind: 'resume-output', connection: key },
      report('info', 'cache-has-room', 30_192),
    ]);
  });

  it('serves nobody whose link is down, before the order knows it too', () => {
    const bench = new ReplicaBench().attached();
    expect(bench.replica.snapshot().clients).to.deep.equal([{ id: k, epoch: 1, attached: true }]);
    bench.tell({ kind: 'client-link-down', client: k });
    bench.order(detach(1));
    expect(bench.replica.snapshot()).to.deep.include({ deferred: 1, clients: [{ id: k, epoch: 1, attached: false }] });
  });

  it('ignores a connection broken behind its end, which is a matter of timing', () => {
    const bench = new ReplicaBench().attached();
    bench.tell({ kind: 'output-end', connection: key, cause: 2 as OrderNumber });
    expect(bench.tell({ kind: 'output-reset', connection: key, cause: 2 as OrderNumber })).to.deep.equal([
      { kind: 'report', level: 'debug', event: 'output-behind-end', fields: { connection: key } },
    ]);
    expect(bench.flush()).to.deep.equal(firstOutput(finish('end', 1, 0)));
  });

  describe('breaks off when', () => {
    it('stability goes back', () => {
      const bench = new ReplicaBench().attached();
      expect(() => bench.stable(1)).to.throw('invariant broken: stable goes back from 2 to 1');
    });

    it('output is caused by what has not been ordered', () => {
      const bench = new ReplicaBench().attached();
      expect(() => bench.output('ab', 3)).to.throw('invariant broken: output on k:1@2 caused by entry 3');
    });
  });

  describe('keeps the time of client interceptors that nobody serves:', () => {
    it('those that are detached, once', () => {
      const bench = new ReplicaBench();
      bench.now = 500;
      bench.settle(attach(1, b1), detach(1));
      bench.later();
      const expiresAt = bench.now + 10_000;
      expect(bench.replica.nextDeadline()).to.equal(expiresAt);
      expect(bench.at(expiresAt - 1)).to.deep.equal([]);
      expect(bench.at(expiresAt)).to.deep.equal(expiry);
      expect(bench.at(30_000)).to.deep.equal([]);
    });

    it('those whose member is not in the view', () => {
      const bench = new ReplicaBench();
      bench.settle(attach(1, b1));
      bench.later();
      bench.now = 700;
      bench.tell({ kind: 'view', view: viewOf(2, [a1]), role: 'member' });
      expect(bench.at(10_700)).to.deep.equal(expiry);
    });

    it('not those that have been attached again', () => {
      const bench = new ReplicaBench();
      bench.settle(attach(1, b1), detach(1), attach(2, b1, { established: true }));
      bench.later();
      expect(bench.at(10_000)).to.deep.equal([]);
    });

    it('if it is the member of the lowest rank with a service', () => {
      const bench = new ReplicaBench(b1);
      bench.settle(attach(1, b1), detach(1));
      bench.later();
      expect(bench.replica.nextDeadline()).to.equal(undefined);
      bench.now = 100;
      bench.tell({ kind: 'view', view: viewOf(2, [a1, b1], [a1]), role: 'member' });
      expect(bench.at(10_100)).to.deep.equal(expiry);
    });

    it('and resets their connections when the order says so', () => {
      const bench = new ReplicaBench();
      bench.settle(attach(1, b1), commands(1, open(1)), detach(1));
      bench.later();
      expect(bench.order(expire(1))).to.deep.equal([]);
      expect(bench.later()).to.deep.equal([
        { kind: 'execute', order: 4, operations: [{ kind: 'reset', connection: key }] },
        { kind: 'report', level: 'info', event: 'client-expired', fields: { client: k, epoch: 1, fault: 'none' } },
      ]);
      expect(bench.replica.snapshot()).to.deep.equal({
        applied: 4,
        stable: 3,
        deferred: 0,
        clients: [],
        connections: 0,
        cacheBytes: 0,
      });
    });
  });

  it('shows what it has', () => {
    const bench = new ReplicaBench().attached();
    bench.output('ab', 2);
    bench.flush();
    bench.order(commands(1, end(1, 0)), commands(1, acknowledge(1, 1)));
    expect(bench.replica.snapshot()).to.deep.equal({
      applied: 4,
      stable: 2,
      deferred: 0,
      clients: [{ id: k, epoch: 1, attached: true }],
      connections: 1,
      cacheBytes: 65,
    });
    expect(bench.replica.connections()).to.deep.equal([
      {
        key,
        client: k,
        epoch: 1,
        connection: 1,
        endpoint: 'kv',
        input: 1,
        inputEnded: true,
        acknowledged: 1,
        produced: 2,
        outputState: 'open',
        sent: 2,
        cacheBytes: 65,
        paused: false,
      },
    ]);
  });
});

function lengthOf(segment: OutputSegment): number {
  return segment.kind === 'data' ? segment.length : 1;
}
