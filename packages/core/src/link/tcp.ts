import { LockstepError } from '@lockstep/contracts';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { linkLimits } from './limits.js';
import { formatAddress, type LinkAddress } from './link-address.js';

// The one place where links touch the transport; what encrypts it goes here.

/** Starts to connect. A failure is an `error` event of the socket. */
export function connectTcp({ host, port }: LinkAddress): Socket {
  return connect({ host, port, noDelay: true });
}

/** Whether the error of a connection attempt proves that nobody listens there (at any address that the name has). */
export function isConnectionRefused(error: NodeJS.ErrnoException): boolean {
  if (error instanceof AggregateError) return error.errors.every((each) => isConnectionRefused(each as Error));
  return error.code === 'ECONNREFUSED';
}

/**
 * Listens for connections.
 *
 * @param purpose whose address this is, for the error (`replica a`)
 * @throws LockstepError `ERR_LOCKSTEP_ADDRESS_IN_USE` or `ERR_LOCKSTEP_LISTEN`
 */
export function listenTcp(address: LinkAddress, purpose: string, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, accept);
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(explain(cause, address, purpose)));
    server.listen({ ...address, backlog: linkLimits.backlog }, () => resolve(server));
  });
}

function explain(cause: NodeJS.ErrnoException, address: LinkAddress, purpose: string): LockstepError {
  const where = formatAddress(address);
  if (cause.code === 'EADDRINUSE') {
    return new LockstepError(
      'ERR_LOCKSTEP_ADDRESS_IN_USE',
      `Another program listens on ${where}, the link address of ${purpose}. ` +
        `Stop that program (it may be an earlier run of ${purpose}), or give ${purpose} another link address on all hosts.`,
      { cause, retryable: true },
    );
  }
  return new LockstepError(
    'ERR_LOCKSTEP_LISTEN',
    `${where}, the link address of ${purpose}, cannot be listened on (${cause.code ?? cause.message}). ` +
      'Check that the address belongs to this host and that this user may listen on the port.',
    { cause },
  );
}
