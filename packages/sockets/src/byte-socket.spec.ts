import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ByteSocket } from './byte-socket.js';

/** How a byte socket comes about, and the other end of it. */
type Origin = 'connect' | 'accept' | 'over';

const origins: readonly Origin[] = ['connect', 'accept', 'over'];

/** Lets the event loop turn until it is true. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Bytes that are different wherever they are cut. */
function pattern(byteLength: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(byteLength);
  for (let index = 0; index < byteLength; index++) bytes[index] = (index * 7 + (index >> 8) * 13 + seed) & 0xff;
  return bytes;
}

for (const place of ['ports', 'unix sockets'] as const) {
  for (const origin of origins) {
    describe(`byte socket over ${place}, by ${origin}`, () => {
      let folder: string;
      let server: Server;
      let socket: ByteSocket;
      let far: Socket;
      let events: string[];

      beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
        events = [];
        const options = { allowHalfOpen: true, pauseOnConnect: origin === 'accept' };
        server = createServer(options);
        server.listen(place === 'ports' ? { host: '127.0.0.1', port: 0 } : { path: join(folder, 'a.sock') });
        await once(server, 'listening');
        const address = server.address() as AddressInfo | string;
        const target = typeof address === 'string' ? { path: address } : { host: address.address, port: address.port };
        const accepted = once(server, 'connection');
        if (origin === 'accept') {
          far = connect({ ...target, allowHalfOpen: true });
          socket = ByteSocket.accept(((await accepted) as [Socket])[0], { allowHalfOpen: true });
        } else {
          const ends = { ...target, allowHalfOpen: true };
          socket = origin === 'connect' ? ByteSocket.connect(ends) : ByteSocket.over(connect(ends));
          far = ((await accepted) as [Socket])[0];
        }
        far.on('error', () => events.push('far error'));
        for (const event of ['end', 'error', 'close']) socket.stream.on(event, () => events.push(event));
      });

      afterEach(() => {
        socket.stream.destroy();
        far.destroy();
        server.close();
        rmSync(folder, { recursive: true });
      });

      it('hands over what comes, each time in bytes of its own', async () => {
        const received: Uint8Array[] = [];
        socket.read((bytes) => received.push(bytes));
        const total = () => received.reduce((sum, { byteLength }) => sum + byteLength, 0);
        const sent = [pattern(10, 1), pattern(3000, 2), pattern(200_000, 3), pattern(1, 4)];
        for (const [index, bytes] of sent.entries()) {
          far.write(bytes);
          const expected = sent.slice(0, index + 1).reduce((sum, { byteLength }) => sum + byteLength, 0);
          await until(() => total() === expected);
        }
        expect(Buffer.concat(received).equals(Buffer.concat(sent))).to.equal(true);
        expect(socket.stream.bytesRead).to.equal(total());
      });

      it('writes pieces in order, before it is connected too, and says when they were taken', async () => {
        socket.read(() => undefined);
        const taken: number[] = [];
        const pieces = [pattern(10, 1), pattern(5, 2), pattern(70_000, 3), pattern(3, 4), pattern(9, 5)];
        const write = (from: number, to: number): void => {
          if (socket.write(pieces.slice(from, to), () => taken.push(to))) taken.push(to);
        };
        write(0, 1);
        write(1, 3);
        const received = collect(far);
        await until(() => taken.length === 2);
        write(3, 4);
        write(4, 5);
        await until(() => taken.length === 4 && received.byteLength === Buffer.concat(pieces).byteLength);
        expect(taken).to.deep.equal([1, 3, 4, 5]);
        expect(received.bytes().equals(Buffer.concat(pieces))).to.equal(true);
        expect(socket.bytesWritten).to.equal(received.byteLength);
        expect(socket.unsentBytes).to.equal(0);
      });

      it('keeps what the kernel does not take, in order, and knows how much that is', async () => {
        socket.read(() => undefined);
        if (socket.stream.connecting) await once(socket.stream, 'connect');
        far.pause();
        const sent: Buffer[] = [];
        const taken: number[] = [];
        for (let index = 0; socket.unsentBytes < 3_000_000; index++) {
          // Some in one piece, some in several.
          const pieces = index % 2 === 0 ? [pattern(100_000, index)] : [pattern(60_001, index), pattern(7, index)];
          sent.push(...pieces);
          if (socket.write(pieces, () => taken.push(index))) taken.push(index);
          await new Promise((resolve) => setImmediate(resolve));
        }
        const unsentBytes = socket.unsentBytes;
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(socket.unsentBytes).to.equal(unsentBytes);
        const received = collect(far);
        far.resume();
        await until(() => received.byteLength === socket.bytesWritten && socket.unsentBytes === 0);
        expect(received.bytes().equals(Buffer.concat(sent))).to.equal(true);
        await until(() => taken.length > 0 && taken.at(-1) === taken.length - 1);
        expect(taken).to.deep.equal([...taken.keys()]);
      });

      it('ends behind what was written, and is told of the other end', async () => {
        const received = collect(far);
        socket.read(() => undefined);
        socket.write([pattern(2_000_000, 1)]);
        socket.stream.end();
        await once(far, 'end');
        expect(received.byteLength).to.equal(2_000_000);
        far.end();
        await until(() => events.includes('close'));
        expect(events).to.deep.equal(['end', 'close']);
      });

      it('is not read while it is paused', async () => {
        let bytesRead = 0;
        socket.read((bytes) => (bytesRead += bytes.byteLength));
        if (socket.stream.connecting) await once(socket.stream, 'connect');
        socket.stream.pause();
        far.write(pattern(100, 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(bytesRead).to.equal(0);
        socket.stream.resume();
        await until(() => bytesRead === 100);
      });

      it('a write to who is gone breaks it, and what waited is never said to be taken', async () => {
        socket.read(() => undefined);
        if (socket.stream.connecting) await once(socket.stream, 'connect');
        far.pause();
        let taken = 0;
        // More than the kernel takes, whatever it does with its buffers.
        socket.write([pattern(32_000_000, 1)]);
        socket.write([pattern(1, 1)], () => taken++);
        far.destroy();
        await until(() => events.includes('close'));
        expect(events.slice(-2)).to.deep.equal(['error', 'close']);
        expect(socket.write([pattern(1, 1)], () => taken++)).to.equal(false);
        await new Promise((resolve) => setTimeout(resolve, 10));
        expect(taken).to.equal(0);
      });
    });
  }
}

describe('byte socket', () => {
  it('is a stream where it finds nothing to be moved', async () => {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    const owner = accepted as { _handle?: unknown };
    const handle = owner._handle;
    owner._handle = undefined;
    const socket = ByteSocket.accept(accepted);
    owner._handle = handle;
    expect(socket.stream).to.equal(accepted);
    const received: Uint8Array[] = [];
    socket.read((bytes) => received.push(bytes));
    far.write('ping');
    await until(() => received.length === 1);
    expect(Buffer.from(received[0]!).toString()).to.equal('ping');
    socket.write([Buffer.from('pong')]);
    const [answer] = (await once(far, 'data')) as [Buffer];
    expect(answer.toString()).to.equal('pong');
    far.destroy();
    accepted.destroy();
    server.close();
  });

  for (const readBytesMax of [10_000, 128 * 1024]) {
    it(`reads at most ${readBytesMax} bytes at once, if that is what it is told`, async () => {
      const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const accepted = once(server, 'connection');
      const { port } = server.address() as AddressInfo;
      const one = ByteSocket.connect({ port, host: '127.0.0.1', readBytesMax });
      const other = ByteSocket.accept(((await accepted) as [Socket])[0], { readBytesMax });
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        const received: Uint8Array[] = [];
        expect(to.readBytesMax).to.equal(readBytesMax);
        // All of it is there before the first read.
        const sent = pattern(300_000, readBytesMax);
        to.read((bytes) => received.push(bytes));
        to.stream.pause();
        from.write([sent]);
        await new Promise((resolve) => setTimeout(resolve, 20));
        to.stream.resume();
        const all = () => Buffer.concat(received);
        await until(() => all().length === sent.length);
        expect(all().equals(sent)).to.equal(true);
        const largest = Math.max(...received.map(({ length }) => length));
        expect(largest).to.be.within(Math.min(readBytesMax, 64 * 1024 + 1), readBytesMax);
      }
      one.stream.destroy();
      other.stream.destroy();
      server.close();
    });
  }

  it('is really direct on this version of Node: what the kernel takes at once is taken at once', async () => {
    const server = createServer((peer) => peer.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = ByteSocket.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    socket.read(() => undefined);
    await once(socket.stream, 'connect');
    expect(socket.write([Buffer.from('taken at once')])).to.equal(true);
    expect(socket.write([Buffer.from('taken '), Buffer.from('at once')])).to.equal(true);
    socket.stream.destroy();
    server.close();
  });
});

function collect(socket: Socket): { readonly byteLength: number; bytes(): Buffer } {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    byteLength += chunk.byteLength;
  });
  return {
    get byteLength() {
      return byteLength;
    },
    bytes: () => Buffer.concat(chunks),
  };
}
