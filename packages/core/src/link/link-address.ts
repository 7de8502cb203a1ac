import { networkInterfaces } from 'node:os';
import { type Address, isLoopback, type TcpAddress, type UnixAddress } from '@lockstep/sockets';

/** Where a member is linked with. */
export type LinkAddress = Address & {
  /** Whether processes on the member's own host come by TCP too. Default: false. */
  readonly tcpOnly?: boolean;
};

/** Linux has so much room for a name. libuv before 1.48 fills it with NULs, later ones bind what they are given: filled, it is one name for both. */
const nameBytes = 108;

/** From here on, any user of a host may listen on a port, unless the host is set up otherwise. */
const unprivilegedPortMin = 1024;

/**
 * Where a member also listens for the processes of its own host, with which the kernel has less work there than over TCP: a unix
 * socket without a file, whose name is known within one network namespace, as the ports of its loopback are.
 *
 * Only who has the address of a member on this host could take the name, and that needs no more rights than the port does:
 * ports that need more have no such name.
 *
 * @param address whose port is known
 * @returns undefined if the member is on another host, for all that is known without asking for names
 */
export function localAddressOf(address: LinkAddress): UnixAddress | undefined {
  if (process.platform !== 'linux' || address.tcpOnly || 'path' in address) return undefined;
  if (address.port < unprivilegedPortMin || !isOfThisHost(address)) return undefined;
  return { path: `\0lockstep-link-${address.host}:${address.port}`.padEnd(nameBytes, '\0') };
}

function isOfThisHost({ host }: TcpAddress): boolean {
  if (isLoopback(host)) return true;
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === host));
}
