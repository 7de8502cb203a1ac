import { expect } from 'chai';
import type { ConnectionNumber, Epoch, Position } from '@lockstep/contracts';
import type { ConnectionState, ConnectionStates } from '../connections/client-link.js';
import { connectionLimits } from '../connections/limits.js';
import { pieceOverheadBytes } from '../connections/piece.js';
import {
  acknowledge,
  acknowledgement,
  attached,
  output,
  piece,
  progress,
} from '../connections/replica-bench.fixture.js';
import { a, b, batch, c, ClientBench } from './client-bench.fixture.js';
import { clientLimits } from './limits.js';

const { listedConnectionsMax, connectionsPerClientMax } = connectionLimits;
const count = listedConnectionsMax + 2;

/** The numbers from `first` on. */
function numbers(first: number, length: number): ConnectionNumber[] {
  return Array.from({ length }, (_, index) => (first + index) as ConnectionNumber);
}

function states(epoch: number, connections: readonly ConnectionNumber[]): ConnectionStates {
  const state = (connection: ConnectionNumber): ConnectionState => ({
    ...{ connection, input: 0 as Position, taken: 0 as Position },
  });
  return { kind: 'states', epoch: epoch as Epoch, connections: connections.map(state) };
}

/** As many connections as need two messages, all stable; each has had one byte of output, which its client has taken. */
function crowded(): ClientBench {
  const bench = new ClientBench({ maxConnections: connectionsPerClientMax }).attached();
  for (let index = 0; index < count; index++) bench.accept();
  const batches = bench.flush().length;
  const pieces = numbers(1, count).map((connection) => piece(connection, 0, 'x'));
  bench.receive(a, progress(1, batches), output(1, ...pieces));
  for (const connection of numbers(1, count)) bench.taken(connection, 1);
  return bench;
}

const opensPerBatch = clientLimits.batchBytesMax / pieceOverheadBytes;

describe('a client engine with more connections than one message lists', () => {
  it('acknowledges on as many as fit when it attaches, and on the others afterwards', () => {
    const bench = crowded();
    bench.linkDown(a);
    const listed = numbers(1, listedConnectionsMax).map((connection) => acknowledgement(connection, 1));
    expect(bench.linkUp(b)[0]).to.have.deep.nested.property('message.received', listed);
    const [last, beforeLast] = [count, count - 1];
    const { connections: all } = states(2, numbers(1, count));
    bench.receive(b, { ...attached(2, 9, count + 1), connections: all });
    expect(bench.flush(), 'not due').to.deep.equal([]);
    expect(bench.at(100)).to.deep.equal([]);
    expect(bench.flush()).to.deep.equal([batch(b, 2, acknowledge(beforeLast, 1), acknowledge(last, 1))]);
  });

  it('does not acknowledge again what is in the order', () => {
    const bench = crowded();
    bench.at(100);
    const sent = bench.flush().length;
    const batches = Math.ceil(count / opensPerBatch) + sent;
    bench.receive(a, progress(1, batches), output(1, piece(3, 1, 'y')));
    bench.taken(3, 2);
    bench.linkDown(a);
    expect(bench.linkUp(b)[0]).to.have.deep.nested.property('message.received', [acknowledgement(3, 2)]);
  });

  it('acknowledges again what may have been lost with the member', () => {
    const bench = crowded();
    bench.at(100);
    bench.flush();
    bench.linkDown(a);
    expect(bench.linkUp(b)[0]).to.have.nested.property('message.received.length', listedConnectionsMax);
    bench.linkDown(b);
    expect(bench.linkUp(c)[0]).to.have.nested.property('message.received.length', listedConnectionsMax);
  });

  it('puts together what a member says of them in several messages', () => {
    const bench = crowded();
    bench.linkDown(a);
    bench.linkUp(b);
    const first = states(2, numbers(1, listedConnectionsMax));
    const { connections } = states(2, numbers(listedConnectionsMax + 1, 2));
    bench.receive(b, first, { ...attached(2, 9, count + 1), connections });
    expect(bench.engine.snapshot()).to.include({ state: 'attached', connections: count });
  });

  it('turns to another member when one lists too many, or when nothing was asked', () => {
    const bench = crowded();
    expect(bench.receive(a, states(1, [])).slice(-1)).to.deep.equal([{ kind: 'connect', member: b }]);
    bench.linkUp(b);
    const many = states(2, numbers(1, connectionsPerClientMax));
    expect(bench.receive(b, many)).to.deep.equal([]);
    expect(bench.receive(b, states(2, numbers(1, 1)))).to.deep.equal([
      { kind: 'disconnect', member: b },
      { kind: 'connect', member: c },
    ]);
  });
});
