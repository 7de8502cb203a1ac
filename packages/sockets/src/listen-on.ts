import { existsSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { dirname } from 'node:path';
import { LockstepError } from '@lockstep/contracts';
import { formatAddress, isAbstract, type Address } from './address.js';
import { occupantOf, removeStaleSocketFile } from './stale-socket-file.js';

/** What is said of an address besides itself. */
export interface ListenOptions {
  /** What the address is, for errors: `the link address of replica a`. */
  readonly purpose: string;
  /** How many connections may wait to be accepted. Default: that of `node:net`. */
  readonly backlog?: number;
}

/**
 * Listens. The socket file of a process that was killed is removed first, if nobody listens on it; the server's own is
 * removed when it closes.
 *
 * @param server of `node:net` or made of one, not listening
 * @returns the address really listened on; shows the port that 0 became
 * @throws LockstepError `ERR_LOCKSTEP_ADDRESS_IN_USE` or `ERR_LOCKSTEP_LISTEN`
 */
export async function listenOn(server: Server, address: Address, options: ListenOptions): Promise<Address> {
  const { purpose, backlog } = options;
  try {
    if ('path' in address && !isAbstract(address)) await removeStaleSocketFile(address.path);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...address, ...(backlog === undefined ? {} : { backlog }) }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw listenError(error as Error, address, purpose);
  }
  if ('path' in address) return address;
  const bound = server.address() as AddressInfo;
  return { host: bound.address, port: bound.port };
}

function listenError(cause: NodeJS.ErrnoException, address: Address, purpose: string): LockstepError {
  const where = formatAddress(address);
  const isOtherFile = 'path' in address && !isAbstract(address) && occupantOf(address.path) === 'other file';
  if (cause.code === 'EADDRINUSE' && !isOtherFile) {
    return new LockstepError(
      'ERR_LOCKSTEP_ADDRESS_IN_USE',
      `Another program listens on ${where}, ${purpose}. ` +
        'Stop that program (it may be an earlier run of this one), or choose another address.',
      { cause, retryable: true },
    );
  }
  const remedies = 'path' in address ? unixRemedies : tcpRemedies;
  // The event loop's library says EACCES for a folder that is not there.
  const isFolderMissing = 'path' in address && !isAbstract(address) && !existsSync(dirname(address.path));
  const remedy = isFolderMissing ? 'Create its folder, or choose another path.' : remedies[cause.code ?? ''];
  return new LockstepError(
    'ERR_LOCKSTEP_LISTEN',
    `${where}, ${purpose}, cannot be listened on (${cause.message}). ${remedy ?? 'Choose another address.'}`,
    { cause },
  );
}

const tcpRemedies: Readonly<Record<string, string>> = {
  EACCES: 'Choose a port from 1024 on, or give the process the right to listen on this one.',
  EADDRNOTAVAIL: 'Choose an address that this machine has.',
  ENOTFOUND: 'Choose a name that resolves to an address of this machine, or write the address itself.',
};

const unixRemedies: Readonly<Record<string, string>> = {
  EACCES: 'Choose a folder that this user may write to, or give the user the right.',
  EADDRINUSE: 'There is a file that is no socket: remove it, or choose another path.',
  ENOTDIR: 'A part of the path is a file and no folder: choose another path.',
  EROFS: 'Choose a folder that can be written to.',
};
