import { createServer, type Server, type Socket } from 'node:net';
import type { LockstepError } from '@lockstep/contracts';
import { type Address, ByteSocket, listenOn } from '@lockstep/sockets';
import { linkLimits } from './limits.js';
import { type LinkAddress, localAddressOf } from './link-address.js';

const { readBytesMax, backlog } = linkLimits;

// The one place where links touch the transport; what encrypts it goes here.

/** Who is told what came of a connection attempt; one of them, once, unless it is cancelled. */
export interface ConnectHandler {
  readonly onConnected: (socket: ByteSocket) => void;
  /** Nothing came of it. */
  readonly onFailed: (error: NodeJS.ErrnoException) => void;
}

/**
 * Starts to connect: to the local socket of a member on this host, and where there is none, to its address.
 *
 * @returns cancels the attempt
 */
export function connectLink(address: LinkAddress, { onConnected, onFailed }: ConnectHandler): () => void {
  let stream: Socket;
  let isCancelled = false;
  const attempt = (to: Address, onError: (error: NodeJS.ErrnoException) => void): void => {
    // The error of an attempt may be on its way when it is cancelled.
    const onFailure = (error: NodeJS.ErrnoException): void => {
      if (!isCancelled) onError(error);
    };
    const socket = ByteSocket.connect({ ...to, noDelay: true, readBytesMax });
    stream = socket.stream;
    stream.once('error', onFailure);
    stream.once('connect', () => {
      stream.off('error', onFailure);
      onConnected(socket);
    });
  };
  const local = localAddressOf(address);
  if (local === undefined) attempt(address, onFailed);
  else attempt(local, () => attempt(address, onFailed));
  return () => {
    isCancelled = true;
    stream.destroy();
  };
}

/** Whether the error of a connection attempt proves that nobody listens there (at any address that the name has). */
export function isConnectionRefused(error: NodeJS.ErrnoException): boolean {
  if (error instanceof AggregateError) return error.errors.every((each) => isConnectionRefused(each as Error));
  // Who listens on a unix socket has a file there.
  return error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
}

/** What takes the connections of a member. */
export interface LinkListener {
  /** The address really listened on; shows the port that 0 became. */
  readonly bound: Address;
  /** Takes no more connections; those that are there live on. The address is free when the event loop has turned. */
  close(): void;
}

/** Who is told what comes to a listener. */
export interface ListenHandler {
  readonly onSocket: (socket: ByteSocket) => void;
  /** A connection could not be taken; the listener lives on. */
  readonly onError: (error: Error) => void;
}

/**
 * Listens for connections, on the address and on the local socket that belongs to it.
 *
 * @param owner whose address this is, for the error (`replica a`)
 * @throws LockstepError `ERR_LOCKSTEP_ADDRESS_IN_USE` or `ERR_LOCKSTEP_LISTEN`
 */
export async function listenForLinks(
  address: LinkAddress,
  owner: string,
  handler: ListenHandler,
): Promise<LinkListener> {
  const purpose = `the link address of ${owner}`;
  const servers = [makeServer(handler)];
  const bound = await listenOn(servers[0]!, address, { purpose, backlog });
  const close = (): void => {
    // The callback comes only when all connections are closed; the address is free at once.
    for (const server of servers) server.close();
  };
  const local = localAddressOf({ ...address, ...('port' in bound && { port: bound.port }) });
  if (local !== undefined) {
    const server = makeServer(handler);
    try {
      await listenOn(server, local, { purpose: `the local socket of ${purpose}`, backlog });
      servers.push(server);
    } catch (error) {
      // A host that does not let it is served by TCP; somebody else's socket would be taken for this one.
      if ((error as LockstepError).code !== 'ERR_LOCKSTEP_LISTEN') {
        close();
        throw error;
      }
    }
  }
  for (const server of servers) server.on('error', handler.onError);
  return { bound, close };
}

function makeServer({ onSocket }: ListenHandler): Server {
  return createServer({ noDelay: true, pauseOnConnect: true }, (socket) =>
    onSocket(ByteSocket.accept(socket, { readBytesMax })),
  );
}
