import { ByteSocket } from '@lockstep/sockets';
import { expect } from 'chai';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { encodeHandshake } from '../wire/handshake-codec.js';
import type { HandshakeMessage } from '../wire/hello.js';
import { encodePeerMessage } from '../wire/encode-peer.js';
import { dial, type DialOutcome } from './dial.js';
import { EventCounters } from './event-counters.js';
import { FrameConnection } from './frame-connection.js';
import { Handshake, type HandshakeOutcome } from './handshake.js';
import { makeHello, refuse } from './identity.js';
import { until } from './until.fixture.js';

const own = { group: 'g', identity: 'a/1', settings: 's' };
const theirs = { group: 'g', identity: 'b/1', settings: 's' };

describe('handshake', () => {
  let server: Server;
  /** Our end, which shakes hands, and the other end, which the test plays. */
  let near: Socket;
  let far: Socket;
  let outcomes: HandshakeOutcome[];
  let counters: EventCounters;
  let connection: FrameConnection;

  beforeEach(async () => {
    outcomes = [];
    counters = new EventCounters();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    far = await accepted;
    far.on('error', () => undefined);
  });

  afterEach(() => {
    server.close();
    near.destroy();
    far.destroy();
  });

  const begin = (timeoutMs = 5000): void => {
    connection = new FrameConnection(ByteSocket.over(near), counters);
    new Handshake(connection, {
      hello: makeHello(own, 'member'),
      judge: ({ pid }) => (pid === 0 ? refuse('settings', 'No.') : undefined),
      timeoutMs,
      onDone: (outcome) => outcomes.push(outcome),
    });
  };

  const say = (...messages: HandshakeMessage[]): void => {
    far.write(Buffer.concat(messages.flatMap(encodeHandshake)));
  };
  const hello = makeHello(theirs, 'member');

  const outcome = async (): Promise<HandshakeOutcome> => {
    await until(() => outcomes.length > 0);
    return outcomes[0]!;
  };

  it('is up when both are content', async () => {
    begin();
    say(hello);
    await new Promise(setImmediate);
    expect(outcomes).to.deep.equal([]);
    say({ kind: 'welcome' });
    expect(await outcome()).to.deep.equal({ kind: 'up', theirs: hello });
  });

  it('hands over the frames that follow it in the same read', async () => {
    const frames: number[] = [];
    begin();
    const original = outcomes.push.bind(outcomes);
    outcomes.push = (...each) => {
      connection.trust(1000);
      connection.handler = {
        onFrame: (block) => void frames.push(block.end - block.headerStart),
        onReadEnd: () => frames.push(-1),
        onDrain: () => undefined,
        onClosed: () => undefined,
      };
      return original(...each);
    };
    const frame = Buffer.concat(encodePeerMessage({ kind: 'leave', view: 1 } as never));
    far.write(Buffer.concat([...encodeHandshake(hello), ...encodeHandshake({ kind: 'welcome' }), frame]));
    await until(() => frames.length === 2);
    expect(frames).to.deep.equal([frame.byteLength - 8, -1]);
  });

  it('refuses in words, and closes', async () => {
    begin();
    const bytes: Buffer[] = [];
    far.on('data', (chunk) => bytes.push(chunk));
    say({ ...hello, pid: 0 });
    expect(await outcome()).to.deep.include({ kind: 'refused', by: 'us' });
    await until(() => far.readableEnded);
    expect(Buffer.concat(bytes).includes('No.')).to.equal(true);
  });

  it('passes on why it was refused, and by whom', async () => {
    begin();
    say(hello, refuse('group', 'Why.'));
    const refusal = refuse('group', 'Why.');
    expect(await outcome()).to.deep.equal({ kind: 'refused', by: 'them', refusal, theirs: hello });
  });

  it('fails on garbage, which is counted (F28)', async () => {
    begin();
    far.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await outcome()).to.deep.equal({ kind: 'failed', reason: 'bad input: frame-too-large' });
    expect(counters.count('link-bad-input')).to.equal(1);
  });

  it('fails on frames that are no handshake (F28)', async () => {
    begin();
    far.write(Buffer.concat(encodePeerMessage({ kind: 'leave', view: 1 } as never)));
    expect((await outcome()).kind).to.equal('failed');
  });

  for (const messages of [
    [hello, hello],
    [{ kind: 'welcome' as const }, { kind: 'welcome' as const }],
  ]) {
    it(`fails on a second ${messages[0]!.kind}`, async () => {
      begin();
      say(...messages);
      expect(await outcome()).to.deep.include({ kind: 'failed' });
      expect(counters.count('link-bad-input')).to.equal(1);
    });
  }

  it('fails when the other side says nothing for too long', async () => {
    begin(20);
    expect(await outcome()).to.deep.equal({ kind: 'failed', reason: 'the handshake took too long' });
  });

  it('fails when the other side goes', async () => {
    begin();
    far.end();
    expect(await outcome()).to.deep.equal({ kind: 'failed', reason: 'the other side closed it' });
    expect(outcomes).to.have.lengthOf(1);
  });

  describe('of a dial', () => {
    const reach = (port: number, timeoutMs = 5000): Promise<DialOutcome> =>
      new Promise((onDone) => {
        const address = { host: '127.0.0.1', port };
        dial({ address, own, role: 'member', judge: () => undefined, timeoutMs, counters, onDone });
      });

    it('finds nobody where nobody listens', async () => {
      const { port } = server.address() as AddressInfo;
      server.close();
      expect(await reach(port)).to.deep.equal({ kind: 'nobody' });
    });

    it('fails when who answers says nothing', async () => {
      const { port } = server.address() as AddressInfo;
      server.on('connection', (socket) => socket.on('error', () => undefined));
      expect(await reach(port, 30)).to.deep.equal({ kind: 'failed', reason: 'the handshake took too long' });
    });

    it('says nothing any more once it is cancelled', async () => {
      const { port } = server.address() as AddressInfo;
      const closed = new Promise<void>((resolve) => {
        server.once('connection', (socket) =>
          socket
            .resume()
            .on('close', resolve)
            .on('error', () => undefined),
        );
      });
      const address = { host: '127.0.0.1', port };
      const onDone = (): void => void outcomes.push({ kind: 'failed', reason: 'told' });
      const cancel = dial({ address, own, role: 'member', judge: () => undefined, timeoutMs: 5000, counters, onDone });
      await until(() => server.listening);
      server.once('connection', cancel);
      await closed;
      expect(outcomes).to.deep.equal([]);
    });
  });
});
