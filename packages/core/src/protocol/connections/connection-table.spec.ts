import { expect } from 'chai';
import type { OrderNumber, SubmissionNumber } from '@lockstep/contracts';
import { ConnectionTable } from './connection-table.js';
import type { Entry } from './entry.js';
import { connectionLimits } from './limits.js';
import * as bench from './replica-bench.fixture.js';
import type { ServiceOperation } from './replica-io.js';

const {
  a1,
  b1,
  acknowledge,
  acknowledgement,
  attach,
  bytes,
  commands,
  data,
  detach,
  end,
  expire,
  k,
  keyOf,
  message,
  open,
  reset,
} = bench;

/** A table, and what its entries did, in short. */
class TableBench {
  readonly table = new ConnectionTable();

  apply(entry: Entry | undefined): { operations: readonly ServiceOperation[]; events: string[] } {
    const order = (this.table.applied + 1) as OrderNumber;
    const ordered = { order, sender: a1, submission: 1 as SubmissionNumber, entry };
    const { operations, events } = this.table.apply(ordered);
    const inShort = events.map((event) => {
      if (event.kind === 'ignored' || event.kind === 'not-attached') return `${event.kind}: ${event.reason}`;
      if (event.kind === 'expired') return `${event.kind}: ${event.fault ?? 'away'}`;
      return 'connection' in event ? `${event.kind} ${event.connection.connection}` : event.kind;
    });
    return { operations, events: inShort };
  }

  /** What the service is given, in short. */
  operations(entry: Entry): string[] {
    return this.apply(entry).operations.map((operation) => {
      if (operation.kind !== 'data') return `${operation.kind} ${operation.connection}`;
      return `${operation.kind} ${operation.connection} ${String.fromCharCode(...operation.segment.payload)}`;
    });
  }

  events(entry: Entry | undefined): string[] {
    return this.apply(entry).events;
  }
}

/** With a client attached in epoch 1 and its connection 1, `k:1@2`. */
function withConnection(): TableBench {
  const table = new TableBench();
  table.apply(attach(1, a1));
  table.apply(commands(1, open(1)));
  return table;
}

describe('the replicated connection table', () => {
  it('gives the service what is new, in the order of the commands', () => {
    const table = new TableBench();
    table.apply(attach(1, a1));
    expect(table.apply(commands(1, open(1), data(1, 0, 'ab'), end(1, 2)))).to.deep.equal({
      operations: [
        { kind: 'open', connection: keyOf('k:1@2'), endpoint: 'kv' },
        { kind: 'data', connection: keyOf('k:1@2'), segment: { length: 2, payload: bytes('ab') } },
        { kind: 'end', connection: keyOf('k:1@2') },
      ],
      events: ['batch', 'opened 1', 'given 1'],
    });
  });

  describe('attach', () => {
    it('makes an unknown client only if it never was attached', () => {
      const table = new TableBench();
      expect(table.events(attach(1, a1, { established: true }))).to.deep.equal(['not-attached: expired']);
      expect(table.events(attach(2, a1))).to.deep.equal(['attached']);
    });

    it('needs a larger epoch than the present one', () => {
      const table = new TableBench();
      table.apply(attach(2, a1));
      expect(table.events(attach(2, b1))).to.deep.equal(['not-attached: superseded']);
      expect(table.events(attach(1, b1))).to.deep.equal(['not-attached: superseded']);
      expect(table.events(attach(3, b1, { established: true }))).to.deep.equal(['attached']);
      expect(table.table.client(k)).to.include({ epoch: 3, member: b1, detached: false });
    });

    it('acknowledges, and so may end a connection', () => {
      const table = withConnection();
      table.apply(commands(1, end(1, 0)));
      const received = [acknowledgement(1, 5, true), acknowledgement(7, 9)];
      expect(table.apply(attach(2, b1, { established: true, received }))).to.deep.equal({
        operations: [{ kind: 'release', connection: keyOf('k:1@2') }],
        events: ['acknowledged 1', 'closed 1', 'attached'],
      });
    });

    it('does not revive a forgotten client by what it submitted before', () => {
      const table = new TableBench();
      table.apply(attach(4, a1));
      table.apply(expire(4));
      expect(table.events(attach(3, b1))).to.deep.equal(['not-attached: superseded']);
      expect(table.events(attach(5, b1, { established: true }))).to.deep.equal(['not-attached: expired']);
      expect(table.events(attach(6, b1))).to.deep.equal(['attached']);
    });

    it('remembers a bounded number of forgotten clients', () => {
      const table = new TableBench();
      const ordered = (client: string, kind: 'attach' | 'expire'): void => {
        const entry = { ...(kind === 'attach' ? attach(2, a1) : expire(2)), client: client as typeof k };
        table.apply(entry);
      };
      for (let index = 0; index <= connectionLimits.forgottenClientsMax; index++) {
        ordered(`k${index}`, 'attach');
        ordered(`k${index}`, 'expire');
      }
      expect(table.events({ ...attach(1, a1), client: 'k1' as typeof k })).to.deep.equal(['not-attached: superseded']);
      expect(table.events({ ...attach(1, a1), client: 'k0' as typeof k })).to.deep.equal(['attached']);
    });
  });

  describe('commands', () => {
    it('count only in the present epoch', () => {
      const table = withConnection();
      table.apply(attach(2, b1, { established: true }));
      expect(table.events(commands(1, data(1, 0, 'late')))).to.deep.equal(['ignored: old epoch']);
      expect(table.events(commands(3, data(1, 0, 'early')))).to.deep.equal(['ignored: old epoch']);
      expect(table.operations(commands(2, data(1, 0, 'now')))).to.deep.equal(['data k:1@2 now']);
    });

    it('of an unknown client are ignored', () => {
      expect(new TableBench().events(commands(1, open(1)))).to.deep.equal(['ignored: unknown client']);
    });

    it('open the next connection; an earlier number is a duplicate', () => {
      const table = withConnection();
      expect(table.operations(commands(1, open(1), open(2)))).to.deep.equal(['open k:2@3']);
    });

    it('cut off what is in already', () => {
      const table = withConnection();
      table.apply(commands(1, data(1, 0, 'abc')));
      expect(table.operations(commands(1, data(1, 0, 'ab'), data(1, 1, 'bcde'), data(1, 5, 'f')))).to.deep.equal([
        'data k:1@2 de',
        'data k:1@2 f',
      ]);
    });

    it('end once; the end counts one unit', () => {
      const table = withConnection();
      expect(table.operations(commands(1, data(1, 0, 'ab'), end(1, 2), end(1, 2), data(1, 0, 'ab')))).to.deep.equal([
        'data k:1@2 ab',
        'end k:1@2',
      ]);
      expect(table.table.client(k)?.connections.get(open(1).connection)).to.include({ input: 3, inputEnded: true });
    });

    it('for a connection that is over are ignored', () => {
      const table = withConnection();
      expect(table.operations(commands(1, data(1, 0, 'a'), reset(1)))).to.deep.equal(['data k:1@2 a', 'reset k:1@2']);
      expect(table.operations(commands(1, data(1, 1, 'b'), end(1, 2), reset(1), acknowledge(1, 3)))).to.deep.equal([]);
    });

    it('release a connection when its input has ended and the end of its output is acknowledged', () => {
      const table = withConnection();
      expect(table.operations(commands(1, acknowledge(1, 4, true)))).to.deep.equal([]);
      expect(table.operations(commands(1, end(1, 0)))).to.deep.equal(['end k:1@2', 'release k:1@2']);
    });

    it('acknowledge ever more', () => {
      const table = withConnection();
      expect(table.events(commands(1, acknowledge(1, 4)))).to.deep.equal(['batch', 'acknowledged 1']);
      expect(table.events(commands(1, acknowledge(1, 3), acknowledge(1, 4)))).to.deep.equal(['batch']);
      expect(table.table.client(k)?.connections.get(open(1).connection)).to.include({ acknowledged: 4 });
    });
  });

  describe('expires, with all its connections, a client interceptor that', () => {
    const faults: [string, Entry][] = [
      ['gap in the connection numbers', commands(1, open(4))],
      ['command for a connection that was never opened', commands(1, reset(3))],
      ['gap in the data', commands(1, data(1, 1, 'b'))],
      ['a message overlaps what is in', commands(1, message(1, 0, 'abc', 2), message(1, 1, 'abcd', 3))],
      ['data behind the end', commands(1, end(1, 0), data(1, 0, 'ab'))],
      ['the end is not behind the data', commands(1, data(1, 0, 'ab'), end(1, 1))],
      ['a second end elsewhere', commands(1, data(1, 0, 'ab'), end(1, 2), end(1, 3))],
    ];
    for (const [fault, entry] of faults) {
      it(`is faulty: ${fault}`, () => {
        const table = withConnection();
        table.apply(commands(1, open(2)));
        const { operations, events } = table.apply(entry);
        expect(events.at(-1)).to.equal(`expired: ${fault}`);
        const resets = operations.filter(({ kind }) => kind === 'reset').map(({ connection }) => connection);
        expect(resets).to.deep.equal(['k:1@2', 'k:2@3']);
      });
    }

    it('does not come back in its epoch', () => {
      const table = withConnection();
      table.apply(detach(1));
      expect(table.apply(expire(1))).to.deep.equal({
        operations: [{ kind: 'reset', connection: keyOf('k:1@2') }],
        events: ['closed 1', 'expired: away'],
      });
      expect(table.table.client(k)).to.equal(undefined);
    });
  });

  it('does not expire or detach a client that has been attached again', () => {
    const table = withConnection();
    table.apply(detach(1));
    table.apply(attach(2, b1, { established: true }));
    expect(table.events(expire(1))).to.deep.equal(['ignored: old epoch']);
    expect(table.events(detach(1))).to.deep.equal(['ignored: old epoch']);
    expect(table.table.client(k)).to.include({ detached: false });
  });

  it('counts a malformed entry, and does nothing about it', () => {
    expect(new TableBench().apply(undefined)).to.deep.equal({ operations: [], events: ['ignored: malformed entry'] });
  });

  it('stops at a gap in the order', () => {
    const table = new ConnectionTable();
    const ordered = { order: 2 as OrderNumber, sender: a1, submission: 1 as SubmissionNumber, entry: undefined };
    expect(() => table.apply(ordered)).to.throw('invariant broken: entry 2 follows entry 0');
  });

  it('has a digest that shows every difference', () => {
    const digests = [
      [],
      [attach(1, a1)],
      [attach(1, b1)],
      [attach(2, a1)],
      [attach(1, a1), detach(1)],
      [attach(1, a1), expire(1)],
      [attach(1, a1), commands(1, open(1))],
      [attach(1, a1), commands(1, open(1, 'web'))],
      [attach(1, a1), commands(1, open(1), data(1, 0, 'a'))],
      [attach(1, a1), commands(1, open(1), end(1, 0))],
      [attach(1, a1), commands(1, open(1), acknowledge(1, 1))],
      [attach(1, a1), commands(1, open(1), acknowledge(1, 1, true))],
      [attach(1, a1), commands(1, open(1), reset(1))],
    ].map((entries) => {
      const table = new TableBench();
      for (const entry of entries) table.apply(entry);
      return table.table.digest();
    });
    expect(new Set(digests).size).to.equal(digests.length);
  });
});
