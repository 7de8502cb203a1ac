import type { MemberName } from '@lockstep/contracts';
import { parseAddress } from '@lockstep/sockets';
import type { Configuration } from './config/index.js';
import type { LinkAddress } from './link/link-address.js';

/** Where every configured member listens for members and client interceptors, in the order of the configuration. */
export function linkAddressesOf({ replicas, localLinks }: Configuration): ReadonlyMap<MemberName, LinkAddress> {
  return new Map(
    replicas.map(({ name, link }) => [name as MemberName, { ...parseAddress(link)!, tcpOnly: !localLinks }]),
  );
}
