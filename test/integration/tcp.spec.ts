import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { connectTcpPeer, pattern, pieces, turns, type Peer } from '@lockstep/testkit';
import { expect } from 'chai';
import type { LiveGroup } from '../support/live-group/live-group.js';
import { withGroup } from '../support/live-group/with-group.js';
import { repository } from '../support/repository.js';
import { requires } from '../support/requires.js';
import { until } from '../support/until.js';
import { Bystander } from './bystander.js';
import { TypedSession } from './typed-session.js';

const shortConnections = 1000;
const shortConnectionsAtOnce = 100;
const muchBytes = 8 * 1024 * 1024;

describe('The smallest configuration for a TCP service', function () {
  this.timeout(300_000);

  before(function () {
    requires(this, 'nc');
  });

  it('F1: sends nc back what is typed, while replicas are killed', () =>
    withGroup({ example: 'tcp' }, async (group) => {
      const session = new TypedSession(group.clientPort, '-N');
      try {
        await session.ask('one', 1);
        for (const line of ['two', 'three']) {
          session.type(line.slice(0, 1));
          const victim = await group.attachedHost();
          await victim.killAll();
          victim.start();
          await session.ask(line.slice(1), 1);
          await group.untilComplete();
        }
        expect(await session.finish()).to.deep.equal({ output: 'one\ntwo\nthree\n', code: 0 });
      } finally {
        session.end();
      }
    }));
});

describe('TCP through a whole group, bad input', function () {
  this.timeout(300_000);

  it('is the same byte stream and the same kind of close, and touches nobody else', () => {
    const service = join(repository, 'test/dist/integration/byte-service.js');
    return withGroup(
      { example: 'tcp', edit: (document) => (document.service.run = `node ${service} \${port}`) },
      async (group) => {
        const bystander = await Bystander.of(group, (connection) => connection.ask('e'));
        for (const [index, [name, row]] of rows.entries()) {
          await row(group).catch((error: unknown) => {
            throw new Error(`failed: ${name}`, { cause: error });
          });
          // What it says is sent back, but for the first byte of the first time, which says that.
          await bystander.expectUntouched(index === 0 ? '' : 'e');
        }
        await bystander.leave();
      },
    );
  });
});

const rows: readonly (readonly [name: string, row: (group: LiveGroup) => Promise<void>])[] = [
  ['every byte value, in one-byte writes, and a half-close by the client', oneByteWrites],
  ['much at once, answered after the half-close', muchAtOnce],
  ['the service closes first, and the client still sends', serviceClosesFirst],
  ['a reset instead of an end, by the service', resetByService],
  ['a reset instead of an end, by the client', resetByClient],
  ['a client that connects, says nothing and goes, in every way', idleClients],
  ['a client that never reads', clientThatNeverReads],
  ['a service that never reads', serviceThatNeverReads],
  ['1,000 short connections', manyShortConnections],
];

async function oneByteWrites(group: LiveGroup): Promise<void> {
  const client = await open(group, 'd');
  const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
  for (const byte of pieces(bytes, 1)) {
    client.write(byte);
    await turns(1);
  }
  client.end();
  await untilItSays(client, digestLine(bytes), 'ended');
}

async function muchAtOnce(group: LiveGroup): Promise<void> {
  const client = await open(group, 'e');
  const bytes = pattern(muchBytes);
  client.write(bytes);
  client.end();
  await until('everything has come back', () => client.incoming !== 'open');
  expect(client.incoming).to.equal('ended');
  expect(Buffer.compare(client.received, bytes)).to.equal(0);
}

async function serviceClosesFirst(group: LiveGroup): Promise<void> {
  const before = await bytesAfterEnd(group);
  const client = await open(group, 'f');
  await untilItSays(client, 'bye\n', 'ended');
  client.write(pattern(100_000));
  client.end();
  await until('what came after the end is counted', async () => (await bytesAfterEnd(group)) === before + 100_000);
}

async function bytesAfterEnd(group: LiveGroup): Promise<number> {
  const client = await open(group, 'a');
  client.end();
  await until('it is told', () => client.incoming === 'ended');
  return Number(Buffer.from(client.received).toString());
}

async function resetByService(group: LiveGroup): Promise<void> {
  const client = await open(group, 'r');
  await until('it is answered', () => client.receivedBytes === 11);
  client.write(Buffer.from('go on'));
  await untilItSays(client, 'half an ans', 'reset');
}

async function resetByClient(group: LiveGroup): Promise<void> {
  const client = await open(group, 'e');
  client.write(Buffer.from('half a que'));
  await until('it is answered', () => client.receivedBytes === 10);
  client.reset();
  await untilConnectionsAre(group, 1);
}

async function idleClients(group: LiveGroup): Promise<void> {
  const clients = await Promise.all([connect(group), connect(group), connect(group)]);
  await untilConnectionsAre(group, 1 + clients.length);
  const [ending, resetting, staying] = clients;
  ending.end();
  resetting.reset();
  await until('it is ended', () => ending.incoming === 'ended');
  expect(staying.incoming).to.equal('open');
  staying.end();
  await untilConnectionsAre(group, 1);
}

async function clientThatNeverReads(group: LiveGroup): Promise<void> {
  const client = await open(group, 'e');
  client.pause();
  await holdsUpNobodyElse(group, client);
}

async function serviceThatNeverReads(group: LiveGroup): Promise<void> {
  await holdsUpNobodyElse(group, await open(group, 'n'));
}

/** A connection that somebody does not read, with more on its way than fits anywhere. */
async function holdsUpNobodyElse(group: LiveGroup, stuck: Peer): Promise<void> {
  stuck.write(pattern(4 * muchBytes));
  const other = await open(group, 'e');
  other.write(Buffer.from('hello'));
  await until('another one is served', () => other.receivedBytes === 5);
  expect(stuck.pendingBytes).to.be.greaterThan(0);
  for (const each of [stuck, other]) each.reset();
  await untilConnectionsAre(group, 1);
}

async function manyShortConnections(group: LiveGroup): Promise<void> {
  for (let done = 0; done < shortConnections; done += shortConnectionsAtOnce) {
    await Promise.all(Array.from({ length: shortConnectionsAtOnce }, shortConnection));
  }
  await untilConnectionsAre(group, 1);

  async function shortConnection(_: unknown, index: number): Promise<void> {
    const client = await open(group, index % 3 === 0 ? 'f' : 'e');
    if (index % 3 === 1) return client.reset();
    if (index % 3 === 2) client.end();
    await until('it is ended', () => client.incoming === 'ended');
    client.end();
  }
}

/** Connects, and says what the service is to do. */
async function open(group: LiveGroup, deed: string): Promise<Peer> {
  const client = await connect(group);
  client.write(Buffer.from(deed));
  return client;
}

function connect(group: LiveGroup): Promise<Peer> {
  return connectTcpPeer(`127.0.0.1:${group.clientPort}`);
}

async function untilItSays(client: Peer, text: string, incoming: Peer['incoming']): Promise<void> {
  await until(`it is ${incoming}`, () => client.incoming !== 'open');
  expect(Buffer.from(client.received).toString()).to.equal(text);
  expect(client.incoming).to.equal(incoming);
}

/** Nothing is left anywhere of a connection that is over. */
async function untilConnectionsAre(group: LiveGroup, count: number): Promise<void> {
  await group.untilEveryMember(`has ${count} connections`, ({ connections }) => connections === count);
}

function digestLine(bytes: Uint8Array): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}\n`;
}
