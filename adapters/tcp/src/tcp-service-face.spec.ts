import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceChannel } from '@lockstep/contracts';
import type { Address } from '@lockstep/sockets';
import { ChannelRecorder, turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { SocketTables } from './socket-tables.js';
import { TcpServiceFace } from './tcp-service-face.js';

/** The gate's proofs, with real sockets and the kernel's real tables. */
describe('TcpServiceFace, gate consumed', () => {
  let server: Server | undefined;
  let folder: string | undefined;
  const sockets: Socket[] = [];
  let looks = 0;
  const tables = new SocketTables((path) => {
    looks += 1;
    return readFile(path, 'latin1');
  });

  beforeEach(() => {
    looks = 0;
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  });

  async function connect(
    listenAddress: { host: string; port: number } | { path: string },
    host?: string,
    quietMs = 1,
  ): Promise<{ channel: ServiceChannel; recorder: ChannelRecorder; service: Socket }> {
    const accepted = new Promise<Socket>((resolve) => {
      server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
        socket.on('error', () => {});
        sockets.push(socket);
        resolve(socket);
      });
    });
    await new Promise<void>((resolve) => server?.listen(listenAddress, resolve));
    const bound = server?.address();
    const address: Address =
      bound !== null && typeof bound === 'object'
        ? { host: host ?? bound.address, port: bound.port }
        : { path: bound ?? '' };
    const face = new TcpServiceFace(address, { gate: 'consumed', quietMs, readBytes: 1024 }, tables);
    const channel = face.connect();
    const recorder = new ChannelRecorder(channel);
    const service = await accepted;
    await until('it is open', () => recorder.events.includes('open'));
    return { channel, recorder, service };
  }

  const places = [
    { name: 'IPv4', listen: { host: '127.0.0.1', port: 0 } },
    { name: 'IPv6', listen: { host: '::1', port: 0 } },
    { name: 'all addresses, reached by IPv4', listen: { host: '::', port: 0 }, host: '127.0.0.1' },
  ];
  for (const { name, listen, host } of places) {
    it(`${name}: busy while a quiet service has not read, idle when it has`, async () => {
      const { channel, recorder, service } = await connect(listen, host);
      recorder.send(Buffer.from('noreply'));
      await until('it is taken', () => recorder.takenUnits === 7);
      expect(channel.busy).to.equal(true);
      await until('it was looked at several times', () => looks > 4);
      expect(channel.busy).to.equal(true);
      service.resume();
      await until('it is idle', () => !channel.busy);
      expect(recorder.events).to.deep.equal(['open', 'idle']);
      recorder.reset();
      await until('it is closed', () => recorder.isClosed);
    });
  }

  it('an early answer does not make it idle while much is unread', async () => {
    const { channel, recorder, service } = await connect({ host: '127.0.0.1', port: 0 });
    recorder.send(new Uint8Array(300_000));
    await until('it is taken', () => recorder.takenUnits === 300_000);
    service.write('early answer');
    await until('the answer is told', () => recorder.receivedUnits > 0);
    await turns(20);
    expect(channel.busy).to.equal(true);
    service.resume();
    await until('it is idle', () => !channel.busy);
  });

  it('a unix socket shows no queues: quiet is enough', async () => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
    const { channel, recorder, service } = await connect({ path: join(folder, 'kv.sock') });
    recorder.send(Buffer.from('noreply'));
    expect(channel.busy).to.equal(true);
    await until('it is idle', () => !channel.busy);
    recorder.end();
    service.on('end', () => service.end('bye')).resume();
    await until('it is closed', () => recorder.isClosed);
    expect(Buffer.from(recorder.received).toString()).to.equal('bye');
    expect(recorder.breaches).to.deep.equal([]);
  });

  it('a reset right behind the last bytes is a reset', async () => {
    const { recorder, service } = await connect({ host: '127.0.0.1', port: 0 });
    service.write('half an ans');
    service.resetAndDestroy();
    await until('it is closed', () => recorder.isClosed);
    expect(Buffer.from(recorder.received).toString()).to.equal('half an ans');
    expect(recorder.events).to.deep.equal(['open', 'reset', 'closed']);
    expect(recorder.breaches).to.deep.equal([]);
  });

  it('a reset is noticed while nobody reads', async () => {
    const { recorder, service } = await connect({ host: '127.0.0.1', port: 0 });
    recorder.pause();
    service.write(new Uint8Array(8 * 1024 * 1024));
    await turns(20);
    service.resetAndDestroy();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events).to.deep.equal(['open', 'reset', 'closed']);
    expect(recorder.breaches).to.deep.equal([]);
  });

  it('an end right behind the last bytes is an end', async () => {
    const { recorder, service } = await connect({ host: '127.0.0.1', port: 0 });
    service.end('whole answer');
    await until('the end is told', () => recorder.events.includes('end'));
    expect(Buffer.from(recorder.received).toString()).to.equal('whole answer');
    service.resume();
    recorder.end();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.breaches).to.deep.equal([]);
  });

  it('an end is a turn, which the end of the service finishes', async () => {
    const { channel, recorder, service } = await connect({ host: '127.0.0.1', port: 0 }, undefined, 10_000);
    recorder.end();
    expect(channel.busy).to.equal(true);
    service.on('end', () => service.end()).resume();
    await until('it is closed', () => recorder.isClosed);
    expect(channel.busy).to.equal(false);
  });

  it('the answered path neither waits for the quiet time nor looks', async () => {
    const { channel, recorder, service } = await connect({ host: '127.0.0.1', port: 0 }, undefined, 10_000);
    service.on('data', (bytes) => service.write(bytes)).resume();
    for (let count = 1; count <= 100; count += 1) {
      recorder.send(Buffer.from('x'));
      expect(channel.busy).to.equal(true);
      await until('it is idle', () => !channel.busy);
      expect(recorder.receivedUnits).to.equal(count);
    }
    expect(looks).to.equal(0);
    recorder.reset();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.breaches).to.deep.equal([]);
  });
});
