import { createServer, type Server } from 'node:net';
import { type Address, ByteSocket, listenOn } from '@lockstep/sockets';
import { linkLimits } from './limits.js';

const { readBytesMax } = linkLimits;

// The one place where links touch the transport; what encrypts it goes here.

/** Starts to connect. A failure is an `error` event of the stream. */
export function connectLink(address: Address): ByteSocket {
  return ByteSocket.connect({ ...address, noDelay: true, readBytesMax });
}

/** Whether the error of a connection attempt proves that nobody listens there (at any address that the name has). */
export function isConnectionRefused(error: NodeJS.ErrnoException): boolean {
  if (error instanceof AggregateError) return error.errors.every((each) => isConnectionRefused(each as Error));
  // Who listens on a unix socket has a file there.
  return error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
}

/**
 * Listens for connections.
 *
 * @param purpose whose address this is, for the error (`replica a`)
 * @returns the server, and the address really listened on
 * @throws LockstepError `ERR_LOCKSTEP_ADDRESS_IN_USE` or `ERR_LOCKSTEP_LISTEN`
 */
export async function listenForLinks(
  address: Address,
  purpose: string,
  accept: (socket: ByteSocket) => void,
): Promise<{ readonly server: Server; readonly bound: Address }> {
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) =>
    accept(ByteSocket.accept(socket, { readBytesMax })),
  );
  const bound = await listenOn(server, address, {
    purpose: `the link address of ${purpose}`,
    backlog: linkLimits.backlog,
  });
  return { server, bound };
}
