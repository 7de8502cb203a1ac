import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Peer, TestService } from './peer.js';
import { ReceivedBytes } from './received-bytes.js';

/** Connects to a client face, as a client. `address` is `host:port`, without brackets for IPv6. */
export async function connectTcpPeer(address: string): Promise<Peer> {
  const colon = address.lastIndexOf(':');
  const socket = connect({
    host: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
    allowHalfOpen: true,
    noDelay: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return new TcpPeer(socket);
}

/** Listens on the loopback, as a service. */
export async function serveTcpPeers(): Promise<TestService> {
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
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

/** A program with a TCP socket. */
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
    this.#socket.resetAndDestroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
