import { ipAddressBytes, mappedBytes, unmappedBytes } from '../ip-address.js';

/** One end of a connection over IP. */
export interface IpEnd {
  /** An IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
}

/** Whose connection it is that is passed on. */
export interface ProxiedEnds {
  /** The client. */
  readonly source: IpEnd;
  /** Where the client connected to. */
  readonly destination: IpEnd;
}

/*
 * A header: the signature; the version with the command; the family with the transport; the length of what follows, in two
 * bytes; the addresses, in the form of the family; and any number of extensions (TLVs).
 */

export const signature: readonly number[] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

/** Up to the length of what follows. */
export const prefixBytes = signature.length + 4;

/** The version in the upper half, the command in the lower. */
export const commands = { local: 0x20, proxy: 0x21 } as const;

/** The family in the upper half; in the lower, that it is a stream. */
export const families = { unknown: 0x00, ipv4: 0x11, ipv6: 0x21, unix: 0x31 } as const;

/**
 * The header for a connection that is passed on.
 *
 * @param ends undefined for a client without an address, such as one of a unix socket
 */
export function encodeProxyHeader(ends: ProxiedEnds | undefined): Buffer {
  const addresses = ends && addressBytesOf(ends);
  if (ends === undefined || addresses === undefined) return header(families.unknown, []);
  const ports = [ends.source.port, ends.destination.port].flatMap((port) => [port >> 8, port & 0xff]);
  return header(addresses.length === 8 ? families.ipv4 : families.ipv6, [...addresses, ...ports]);
}

/** Both addresses in one family. A server for both families shows IPv4 addresses as IPv6 addresses that stand for them. */
function addressBytesOf({ source, destination }: ProxiedEnds): number[] | undefined {
  const ends = [source, destination].map(({ address }) => ipAddressBytes(address));
  const [from, to] = ends;
  if (from === undefined || to === undefined) return undefined;
  const plain = [unmappedBytes(from), unmappedBytes(to)];
  return (plain.every(({ length }) => length === 4) ? plain : plain.map(mappedBytes)).flat();
}

function header(family: number, block: readonly number[]): Buffer {
  return Buffer.from([...signature, commands.proxy, family, block.length >> 8, block.length & 0xff, ...block]);
}
