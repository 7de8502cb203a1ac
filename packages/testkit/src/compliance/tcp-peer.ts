import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Peer, TestService } from './peer.js';
import { ReceivedBytes } from './received-bytes.js';

const unixPrefix = 'unix:';

/** Connects to a client face, as a client. `address` is `host:port`, without brackets for IPv6, or `unix:/path`. */
export async function connectTcpPeer(address: string): Promise<Peer> {
  const colon = address.lastIndexOf(':');
  const place = address.startsWith(unixPrefix)
    ? { path: address.slice(unixPrefix.length) }
    : { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  const socket = connect({ ...place, allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return new TcpPeer(socket);
}

/**
 * Listens as a service.
 *
 * @param path of a unix socket. Default: a free port of the loopback
 */
export async function serveTcpPeers(path?: string): Promise<TestService> {
  const peers: TcpPeer[] = [];
  const waiting: ((peer: TcpPeer) => void)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const peer = new TcpPeer(socket);
    const next = waiting.shift();
    if (next === undefined) peers.push(peer);
    else next(peer);
  });
  const place = path === undefined ? { host: '127.0.0.1', port: 0 } : { path };
  await new Promise<void>((resolve) => server.listen(place, resolve));
  return {
    address: path === undefined ? `127.0.0.1:${(server.address() as AddressInfo).port}` : `${unixPrefix}${path}`,
    accept: () => {
      const peer = peers.shift();
      return peer ? Promise.resolve(peer) : new Promise((resolve) => waiting.push(resolve));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A program with a TCP socket, or a unix socket, which cannot be reset: there a reset is a close. */
export class TcpPeer implements Peer {
  readonly #socket: Socket;
  readonly #received = new ReceivedBytes();
  #incoming: Peer['incoming'] = 'open';

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#received.push(bytes));
    socket.on('end', () => (this.#incoming = 'ended'));
    socket.on('error', () => (this.#incoming = 'reset'));
  }

  get received(): Uint8Array {
    return this.#received.bytes;
  }

  get receivedBytes(): number {
    return this.#received.length;
  }

  get incoming(): Peer['incoming'] {
    return this.#incoming;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    if (this.#socket.remotePort === undefined) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
