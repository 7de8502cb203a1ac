import type { MemberName } from '@lockstep/contracts';
import { type Address, parseAddress } from '@lockstep/sockets';
import type { Configuration } from './config/index.js';

/** Where every configured member listens for members and client interceptors, in the order of the configuration. */
export function linkAddressesOf({ replicas }: Configuration): ReadonlyMap<MemberName, Address> {
  return new Map(replicas.map(({ name, link }) => [name as MemberName, parseAddress(link)!]));
}
