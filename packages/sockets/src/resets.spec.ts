import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { confirmEnd, watchForReset } from './resets.js';

describe('resets', () => {
  let server: Server;
  let folder: string;
  let peer: Socket;
  let socket: Socket;
  /** What was told of the socket, in order. */
  let events: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
    events = [];
  });

  afterEach(async () => {
    peer.destroy();
    socket.destroy();
    await once(server.close(), 'close');
    rmSync(folder, { recursive: true });
  });

  /** Connects a peer with a socket that is read. */
  async function meet(place: { host: string; port: number } | { path: string } = { host: '127.0.0.1', port: 0 }) {
    server = createServer({ allowHalfOpen: true });
    await once(server.listen(place), 'listening');
    const bound = 'path' in place ? place : (server.address() as AddressInfo);
    socket = connect({ ...('path' in bound ? bound : { port: bound.port }), allowHalfOpen: true });
    [peer] = (await once(server, 'connection')) as [Socket];
    peer.on('error', () => undefined).resume();
    if (socket.connecting) await once(socket, 'connect');
    socket.on('data', () => events.push('data')).on('error', () => events.push('error'));
    socket.on('close', () => events.push('close'));
    socket.on('end', () => confirmEnd(socket, () => events.push('end')));
  }

  it('confirmEnd: an end is one', async () => {
    await meet();
    peer.end('last');
    await once(socket, 'end');
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).to.deep.equal(['data', 'end']);
  });

  it('confirmEnd: a reset right behind the last bytes is none', async () => {
    await meet();
    peer.write('last');
    peer.resetAndDestroy();
    await once(socket, 'close').catch(() => once(socket, 'close'));
    expect(events).to.deep.equal(['data', 'error', 'close']);
  });

  it('confirmEnd: on a unix socket, which knows no reset, a close is an end', async () => {
    await meet({ path: join(folder, 'kv.sock') });
    peer.write('last');
    peer.destroy();
    await once(socket, 'end');
    expect(events).to.deep.equal(['data', 'end']);
  });

  it('confirmEnd: where nothing can be written any more, it is taken for an end', async () => {
    await meet();
    socket.end();
    await once(peer, 'end');
    peer.end('last');
    await once(socket, 'close');
    expect(events).to.deep.equal(['data', 'end', 'close']);
  });

  it('watchForReset: finds the reset of a socket that was paused, and paused again at once', async () => {
    await meet();
    watchForReset(socket);
    socket.pause().resume().pause();
    peer.write('unread');
    peer.resetAndDestroy();
    await once(socket, 'close').catch(() => once(socket, 'close'));
    expect(events).to.deep.equal(['error', 'close']);
  });

  it('watchForReset: finds the reset of a socket that was paused before', async () => {
    await meet();
    socket.pause();
    watchForReset(socket);
    peer.resetAndDestroy();
    await once(socket, 'close').catch(() => once(socket, 'close'));
    expect(events).to.deep.equal(['error', 'close']);
  });
});
