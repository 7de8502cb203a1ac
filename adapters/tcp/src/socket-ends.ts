import { endianness } from 'node:os';
import { ipAddressBytes, mappedBytes } from './ip-address.js';

/** The two addresses of one end of a connection, as a `net.Socket` shows them; undefined before it is connected. */
export interface SocketEnds {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** Both addresses of a connection in the notation of the kernel's tables of sockets (`0100007F:18EB`). */
export interface EndPointsText {
  readonly family: 4 | 6;
  readonly local: string;
  readonly remote: string;
  /** The same as IPv6 addresses: a service that listens on `::` shows its IPv4 connections like this. */
  readonly mapped?: { readonly local: string; readonly remote: string };
}

/** @returns undefined when the socket has no addresses of this kind (a unix socket, or not connected) */
export function endPointsText(ends: SocketEnds): EndPointsText | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = ends;
  if (!localAddress || !remoteAddress || localPort === undefined || remotePort === undefined) return undefined;
  const localBytes = ipAddressBytes(localAddress);
  const remoteBytes = ipAddressBytes(remoteAddress);
  if (localBytes === undefined || remoteBytes === undefined) return undefined;
  const local = text(localBytes, localPort);
  const remote = text(remoteBytes, remotePort);
  if (localBytes.length === 16) return { family: 6, local, remote };
  const mapped = {
    local: text(mappedBytes(localBytes), localPort),
    remote: text(mappedBytes(remoteBytes), remotePort),
  };
  return { family: 4, local, remote, mapped };
}

/** Words of four bytes, each printed as a number in the byte order of the machine. */
function text(bytes: readonly number[], port: number): string {
  let words = '';
  for (let start = 0; start < bytes.length; start += 4) {
    const word = bytes.slice(start, start + 4);
    words += (endianness() === 'LE' ? word.reverse() : word).map((byte) => hex(byte, 2)).join('');
  }
  return `${words}:${hex(port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
