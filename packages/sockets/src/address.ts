import { LockstepError } from '@lockstep/contracts';

/** A port of a host. */
export interface TcpAddress {
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly host: string;
  /** 0 to 65535; 0 asks for any free port where one listens. */
  readonly port: number;
}

/** A socket in the file system of this machine, or one that has a name instead of a file. */
export interface UnixAddress {
  /** Absolute, at most `unixPathBytesMax` bytes long; or a NUL and a name (Linux), which nobody can configure. */
  readonly path: string;
}

/** Where one listens or connects, in the form in which `node:net` takes it. */
export type Address = TcpAddress | UnixAddress;

/** The longest path of a unix socket, in bytes: Linux has 108 for it, with a NUL at the end. */
export const unixPathBytesMax = 107;

const unixPrefix = 'unix:';

/** `host:port`, with an IPv6 address in brackets, or `unix:/path`. Neither the port's range nor the path's length. */
export const addressPattern = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})|unix:(\/[^\0]*[^\0/]))$/;

/**
 * Takes `127.0.0.1:6379`, `kv-1.example:6379`, `[::1]:6379` or `unix:/run/kv.sock` apart.
 *
 * @returns undefined when the text is none of these, or the port or the path goes beyond its maximum
 */
export function parseAddress(text: string): Address | undefined {
  const [, ipv6, name, digits, path] = addressPattern.exec(text) ?? [];
  if (path !== undefined) return Buffer.byteLength(path) > unixPathBytesMax ? undefined : { path };
  const host = ipv6 ?? name;
  const port = Number(digits);
  return host === undefined || port > 65535 ? undefined : { host, port };
}

/**
 * The same for somebody who needs an address, and not only asks whether it is one.
 *
 * @param reader who needs it, for the error: `the tcp adapter`
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` if the text is none
 */
export function requireAddress(text: string, reader: string): Address {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    `"${text}" is no address for ${reader}: write host:port, with an IPv6 address in brackets, or unix:/path, ` +
      `with at most ${unixPathBytesMax} bytes in the path.`,
  );
}

/** Whether what is sent to a host cannot leave the machine. A name other than `localhost` may resolve to anything. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Whether it is the name of a socket without a file, which nobody has to remove. */
export function isAbstract(address: Address): boolean {
  return 'path' in address && address.path.startsWith('\0');
}

/** The text that `parseAddress` takes apart again, if it has a file. */
export function formatAddress(address: Address): string {
  // The field's way to write names without files, which may be filled up with NULs.
  if ('path' in address) return `${unixPrefix}${address.path.replace('\0', '@').replaceAll('\0', '')}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}
