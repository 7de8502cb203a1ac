import type { ClientId, MemberName } from '@lockstep/contracts';
import { expect } from 'chai';
import type { ClientToMember, MemberToClient } from '../protocol/connections/client-link.js';
import { encodeEntry } from '../wire/entry-codec.js';
import { ClientLinks, type ClientLinksHandler } from './client-links.js';
import { EventCounters } from './event-counters.js';
import type { Address } from '@lockstep/sockets';
import { RecordingLogger } from './recording-logger.fixture.js';
import { Relay } from './relay.fixture.js';
import { until } from './until.fixture.js';
import { LinkServer } from './link-server.js';
import { MemberDialer, type MemberDialerHandler } from './member-dialer.js';

const a = 'a' as MemberName;
const connectTimeoutMs = 20_000;

/** The member's side; notes what it is told. */
class TestHost implements ClientLinksHandler {
  readonly events: string[] = [];
  readonly received: ClientToMember[] = [];
  readonly counters = new EventCounters();
  readonly server: LinkServer;
  readonly links: ClientLinks;

  constructor(silenceMs = 5000) {
    const { counters } = this;
    const logger = new RecordingLogger();
    const own = { group: 'g', identity: 'a/1', settings: 's' };
    this.server = new LinkServer({
      address: { host: '127.0.0.1', port: 0 },
      own,
      purpose: 'replica a',
      logger,
      counters,
    });
    this.links = new ClientLinks({ server: this.server, silenceMs, logger, counters });
  }

  onClientUp(client: ClientId): void {
    this.events.push(`up ${client}`);
  }

  onClientDown(client: ClientId): void {
    this.events.push(`down ${client}`);
  }

  onClientMessages(_client: ClientId, messages: readonly ClientToMember[]): void {
    this.received.push(...messages);
  }

  onClientWritable(client: ClientId, writable: boolean): void {
    this.events.push(`${writable ? 'writable' : 'jammed'} ${client}`);
  }
}

/** The client interceptor's side. */
class TestClient implements MemberDialerHandler {
  readonly events: string[] = [];
  readonly received: MemberToClient[] = [];
  readonly logger = new RecordingLogger();
  readonly dialer: MemberDialer;

  constructor(identity: string, address: Address, member = a) {
    const own = { group: 'g', identity, settings: '' };
    const { logger } = this;
    const addresses = new Map([[member, address]]);
    this.dialer = new MemberDialer({ own, addresses, connectTimeoutMs, logger, counters: new EventCounters() });
    this.dialer.bind(this);
  }

  onMemberUp(member: MemberName): void {
    this.events.push(`up ${member}`);
  }

  onMemberDown(member: MemberName): void {
    this.events.push(`down ${member}`);
  }

  onMemberMessages(_member: MemberName, messages: readonly MemberToClient[]): void {
    this.received.push(...messages);
  }

  onMemberWritable(member: MemberName, writable: boolean): void {
    this.events.push(`${writable ? 'writable' : 'jammed'} ${member}`);
  }
}

const commands = (client: string, size = 10): ClientToMember => {
  const data = { kind: 'data', connection: 1, position: 0, length: size, payload: Buffer.alloc(size, 7) };
  const entry = { kind: 'commands', client, epoch: 1, commands: [data] };
  return { kind: 'commands', entry, encoded: encodeEntry(entry as never) } as never;
};
const output = (size: number): MemberToClient =>
  ({
    kind: 'output',
    epoch: 1,
    segments: [{ kind: 'data', connection: 1, position: 0, length: size, payload: Buffer.alloc(size, 1) }],
  }) as never;

/** The bytes of all output in the messages; a link may cut them. */
function joinOutput(messages: readonly MemberToClient[]): Buffer {
  const segments = messages.flatMap((message) => (message.kind === 'output' ? message.segments : []));
  return Buffer.concat(segments.map((segment) => (segment.kind === 'data' ? segment.payload : new Uint8Array())));
}

describe('links between client interceptors and members', () => {
  let host: TestHost;
  let address: Address;
  let clients: TestClient[];

  const open = async (silenceMs?: number): Promise<void> => {
    host = new TestHost(silenceMs);
    host.links.bind(host);
    address = await host.server.listen();
    clients = [];
  };

  const connected = async (identity: string, via = address): Promise<TestClient> => {
    const client = new TestClient(identity, via);
    clients.push(client);
    client.dialer.connect(a);
    await until(() => client.events.length === 1);
    expect(client.events).to.deep.equal(['up a']);
    await until(() => host.events.at(-1) === `up ${identity}`);
    return client;
  };

  beforeEach(() => open());

  afterEach(async () => {
    for (const client of clients) await client.dialer.stop();
    host.links.stop();
    await host.server.close();
  });

  it('carry messages both ways', async () => {
    const client = await connected('c1');
    client.dialer.send(a, commands('c1'));
    client.dialer.send(a, { kind: 'heartbeat' });
    await until(() => host.received.length === 2);
    expect(host.received).to.deep.equal([commands('c1'), { kind: 'heartbeat' }]);
    host.links.send('c1' as ClientId, [{ kind: 'expired' }, output(100_000)]);
    await until(() => joinOutput(client.received).byteLength === 100_000);
    expect(client.received[0]).to.deep.equal({ kind: 'expired' });
    expect(joinOutput(client.received).equals(Buffer.alloc(100_000, 1))).to.equal(true);
  });

  it('hand on what has come of a long stream of bytes, both ways, when the rest keeps it waiting', async () => {
    const relay = await Relay.to(() => address);
    try {
      const client = await connected('c1', relay.address);
      relay.dripBytes = 6000;
      client.dialer.send(a, commands('c1', 30_000));
      const batches = () => host.received.flatMap((message) => (message.kind === 'commands' ? [message] : []));
      await until(() => batches().some(({ isPart }) => isPart !== true));
      expect(batches()[0]?.isPart).to.equal(true);
      const payloads = batches().flatMap(({ entry }) =>
        entry.commands.map((command) => (command.kind === 'data' ? command.payload : new Uint8Array())),
      );
      expect(Buffer.concat(payloads).equals(Buffer.alloc(30_000, 7))).to.equal(true);
      host.links.send('c1' as ClientId, [output(16_000)]);
      await until(() => joinOutput(client.received).byteLength === 16_000);
      expect(client.received.length).to.be.greaterThan(1);
      expect(joinOutput(client.received).equals(Buffer.alloc(16_000, 1))).to.equal(true);
    } finally {
      relay.close();
    }
  });

  it('tell when either side is gone', async () => {
    const [first, second] = [await connected('c1'), await connected('c2')];
    first.dialer.disconnect(a);
    await until(() => host.events.includes('down c1'));
    host.links.stop();
    await until(() => second.events.includes('down a'));
    expect(first.events).to.deep.equal(['up a']);
    expect(host.events).to.deep.equal(['up c1', 'up c2', 'down c1']);
  });

  it('close after what was sent, and tell nothing more', async () => {
    const client = await connected('c1');
    host.links.send('c1' as ClientId, [{ kind: 'expired' }]);
    host.links.close('c1' as ClientId);
    await until(() => client.events.includes('down a'));
    expect(client.received).to.deep.equal([{ kind: 'expired' }]);
    expect(host.events).to.deep.equal(['up c1']);
  });

  it('are replaced by a newer one of the same client interceptor', async () => {
    const old = await connected('c1');
    await connected('c1');
    await until(() => old.events.includes('down a'));
    expect(host.events).to.deep.equal(['up c1', 'down c1', 'up c1']);
    host.links.send('c1' as ClientId, [{ kind: 'heartbeat' }]);
    await until(() => clients[1]!.received.length === 1);
  });

  it('carry only the client interceptor’s own commands (F30)', async () => {
    const client = await connected('c1');
    client.dialer.send(a, commands('c2'));
    await until(() => host.events.includes('down c1'));
    expect(host.received).to.deep.equal([]);
    expect(host.counters.count('link-bad-input')).to.equal(1);
  });

  it('say when they are jammed, and when not any more', async () => {
    const relay = await Relay.to(() => address);
    const client = await connected('c1', relay.address);
    relay.pause();
    while (!host.events.includes('jammed c1')) {
      host.links.send('c1' as ClientId, [output(250_000)]);
      await new Promise(setImmediate);
    }
    relay.resume();
    await until(() => host.events.includes('writable c1'));
    relay.pause();
    while (!client.events.includes('jammed a')) {
      client.dialer.send(a, commands('c1', 250_000));
      await new Promise(setImmediate);
    }
    relay.resume();
    await until(() => client.events.includes('writable a'));
    relay.close();
  });

  it('hold all client interceptors back on request', async () => {
    const client = await connected('c1');
    host.links.hold(true);
    client.dialer.send(a, { kind: 'heartbeat' });
    const second = await connected('c2');
    second.dialer.send(a, { kind: 'heartbeat' });
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(host.received).to.deep.equal([]);
    host.links.hold(false);
    await until(() => host.received.length === 2);
  });

  it('are closed when the client interceptor falls silent (F12)', async () => {
    await host.server.close();
    await open(100);
    await connected('c1');
    await until(() => host.events.includes('down c1'));
  });

  it('cannot be made where nobody listens, and say so at once', async () => {
    await host.server.close();
    const client = new TestClient('c1', address);
    const startedAt = performance.now();
    client.dialer.connect(a);
    await until(() => client.events.length === 1);
    expect(client.events).to.deep.equal(['down a']);
    expect(performance.now() - startedAt).to.be.lessThan(connectTimeoutMs);
  });

  it('are not made with another member than the one meant (F31)', async () => {
    const client = new TestClient('c1', address, 'b' as MemberName);
    client.dialer.connect('b' as MemberName);
    await until(() => client.events.length === 1);
    expect(client.logger.lines[0]).to.contain('is configured as the link address of b, but a/1 answers there');
  });

  it('are not taken from somebody without an id, nor before the member is in service', async () => {
    const nameless = new TestClient('', address);
    nameless.dialer.connect(a);
    await until(() => nameless.events.length === 1);
    expect(nameless.logger.lines[0]).to.contain('has no id');
    host.links.stop();
    const early = new TestClient('c1', address);
    early.dialer.connect(a);
    await until(() => early.events.length === 1);
    expect(early.logger.lines[0]).to.contain('not in service');
  });

  it('can be made again while they are in the making', async () => {
    const client = new TestClient('c1', address);
    clients.push(client);
    for (let attempt = 0; attempt < 5; attempt++) client.dialer.connect(a);
    await until(() => client.events.length > 0);
    client.dialer.send(a, { kind: 'heartbeat' });
    await until(() => host.received.length === 1);
    expect(client.events).to.deep.equal(['up a']);
  });
});
