import { ByteSocket } from '@lockstep/sockets';
import { expect } from 'chai';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { encodeClientMessage } from '../wire/client-message-codec.js';
import { EventCounters } from './event-counters.js';
import { FrameConnection, type FrameHandler } from './frame-connection.js';
import { until } from './until.fixture.js';

const heartbeat = encodeClientMessage({ kind: 'heartbeat' });

class Recorder implements FrameHandler {
  frames = 0;
  reads = 0;
  drains = 0;
  closed: string | undefined;
  fault: string | undefined;

  onFrame(): string | undefined {
    this.frames++;
    return this.fault;
  }

  onReadEnd(): void {
    this.reads++;
  }

  onDrain(): void {
    this.drains++;
  }

  onClosed(reason: string): void {
    this.closed = reason;
  }
}

describe('frame connection', () => {
  let server: Server;
  let near: Socket;
  let far: Socket;
  let counters: EventCounters;
  let connection: FrameConnection;
  let recorder: Recorder;
  let writes: number;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    far = await accepted;
    far.on('error', () => undefined);
    counters = new EventCounters();
    recorder = new Recorder();
    connection = new FrameConnection(ByteSocket.over(near), counters);
    connection.handler = recorder;
    connection.trust(1_000_000);
    writes = 0;
    const socket = near as unknown as Record<'_write' | '_writev', (...parameters: unknown[]) => void>;
    for (const method of ['_write', '_writev'] as const) {
      const original = socket[method].bind(near);
      socket[method] = (...parameters) => {
        writes++;
        original(...parameters);
      };
    }
  });

  afterEach(() => {
    server.close();
    near.destroy();
    far.destroy();
  });

  const receive = async (byteLength: number): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    let received = 0;
    far.on('data', (chunk) => {
      chunks.push(chunk);
      received += chunk.byteLength;
    });
    await until(() => received >= byteLength);
    return Buffer.concat(chunks);
  };

  for (const size of [10, 20_000]) {
    it(`gives everything gathered to the kernel in one write, in order (pieces of ${size} bytes)`, async () => {
      const pieces = [1, 2, 3, 4].map((value) => Buffer.alloc(size, value));
      connection.send(pieces.slice(0, 2));
      connection.send(pieces.slice(2));
      expect(connection.unsentBytes).to.equal(4 * size);
      expect(writes).to.equal(0);
      connection.flush();
      connection.flush();
      expect(writes).to.equal(1);
      expect((await receive(4 * size)).equals(Buffer.concat(pieces))).to.equal(true);
      await until(() => connection.unsentBytes === 0);
    });
  }

  it('closes when more is unsent than may be', async () => {
    far.pause();
    const piece = Buffer.alloc(100_000);
    while (!connection.isClosing) {
      connection.send([piece]);
      connection.flush();
      await new Promise(setImmediate);
    }
    await until(() => recorder.closed !== undefined);
    expect(recorder.closed).to.match(/^too slow: 1[01]\d{5} bytes unsent$/);
    expect(counters.count('link-too-slow')).to.equal(1);
  });

  it('tells when the kernel has taken everything after a jam', async () => {
    far.pause();
    connection.trust(100_000_000);
    while (connection.unsentBytes < 10_000_000) {
      connection.send([Buffer.alloc(1_000_000)]);
      connection.flush();
      await new Promise(setImmediate);
    }
    const drainsBefore = recorder.drains;
    far.resume();
    await until(() => recorder.drains > drainsBefore);
    expect(connection.unsentBytes).to.equal(0);
  });

  it('closes after what was sent, and reads no more', async () => {
    connection.send([Buffer.from('last')]);
    connection.end('done');
    connection.send([Buffer.from('too late')]);
    connection.flush();
    far.write(Buffer.concat(heartbeat));
    expect((await receive(4)).toString()).to.equal('last');
    await until(() => recorder.closed !== undefined);
    expect(recorder).to.deep.include({ closed: 'done', frames: 0, reads: 0 });
  });

  it('closes after a while when the other side does not', async () => {
    far.destroy();
    const lame = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => lame.listen(0, '127.0.0.1', resolve));
    connection = new FrameConnection(
      ByteSocket.connect({ port: (lame.address() as AddressInfo).port, host: '127.0.0.1' }),
      counters,
    );
    connection.handler = recorder;
    const [accepted] = await Promise.all([
      new Promise<Socket>((resolve) => lame.once('connection', (socket) => resolve(socket.resume()))),
    ]);
    connection.end('done');
    await until(() => recorder.closed === 'done');
    accepted.destroy();
    lame.close();
  });

  it('closes on a frame that its handler faults, and hands over no other', async () => {
    recorder.fault = 'nonsense';
    far.write(Buffer.concat([...heartbeat, ...heartbeat]));
    await until(() => recorder.closed !== undefined);
    expect(recorder).to.deep.include({ closed: 'bad input: nonsense', frames: 1 });
    expect(counters.count('link-bad-input')).to.equal(1);
  });

  it('says who broke it', async () => {
    far.resetAndDestroy();
    await until(() => recorder.closed !== undefined);
    expect(recorder.closed).to.equal('ECONNRESET');
  });

  it('holds the sender back on request', async () => {
    connection.hold(true);
    far.write(Buffer.concat(heartbeat));
    await new Promise<void>((resolve) => far.write(Buffer.alloc(0), () => resolve()));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(recorder.frames).to.equal(0);
    connection.hold(false);
    await until(() => recorder.frames === 1);
  });
});
