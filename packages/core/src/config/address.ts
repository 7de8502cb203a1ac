import { type Address, isLoopback } from '@lockstep/sockets';

/** Whether what is sent there cannot leave the machine. A name other than `localhost` may resolve to anything. */
export function staysOnMachine(address: Address): boolean {
  return 'path' in address || isLoopback(address.host);
}

/** Whether the address means "all interfaces": one can listen there, but nobody can be told to dial it. */
export function isWildcard(address: Address): boolean {
  return 'host' in address && (address.host === '0.0.0.0' || /^[0:]+$/.test(address.host));
}
