import { expect } from 'chai';
import type { MemberToClient } from './client-link.js';
import type { Entry } from './entry.js';
import { connectionLimits } from './limits.js';
import { a1, attach, b1, commands, data, keyOf, open, ReplicaBench } from './replica-bench.fixture.js';
import type { ReplicaEffect } from './replica-io.js';

const { listedConnectionsMax, connectionsPerClientMax } = connectionLimits;
const count = listedConnectionsMax + 2;

/** One entry that opens each connection and sends a byte on it. */
const opening: Entry = commands(
  1,
  ...Array.from({ length: count }, (_, index) => [open(index + 1), data(index + 1, 0, 'x')]).flat(),
);

function said(effects: readonly ReplicaEffect[]): MemberToClient[] {
  return effects.flatMap((effect) => (effect.kind === 'send-client' ? effect.messages : []));
}

describe('a replica with more connections than one message lists', () => {
  it('tells in several messages how far they are in, the confirmation last', () => {
    const bench = new ReplicaBench(b1, { maxConnections: connectionsPerClientMax });
    bench.settle(attach(1, a1), opening);
    bench.linkUp();
    bench.ask(2, true);
    const messages = said(bench.settle(attach(2, b1, { established: true })));
    const lists = messages.map((message) => ('connections' in message ? message.connections : []));
    expect(messages.map(({ kind }) => kind)).to.deep.equal(['states', 'attached']);
    expect(lists.map((list) => list.length)).to.deep.equal([listedConnectionsMax, 2]);
    expect(new Set(lists.flat().map(({ connection }) => connection)).size).to.equal(count);
  });

  it('tells in several messages what the service has taken', () => {
    const bench = new ReplicaBench(a1, { maxConnections: connectionsPerClientMax });
    bench.linkUp();
    bench.ask(1);
    bench.settle(attach(1, a1), opening);
    bench.flush();
    for (let number = 1; number <= count; number++) {
      bench.tell({ kind: 'input-taken', connection: keyOf(`k:${number}@2`), units: 1 });
    }
    const messages = said(bench.at(200));
    expect(
      messages.map((message) => (message.kind === 'progress' ? message.taken.length : message.kind)),
    ).to.deep.equal([listedConnectionsMax, 2]);
  });
});
