import { LockstepError } from '@lockstep/contracts';

/** Where a face listens or connects. */
export type Address =
  | {
      readonly kind: 'tcp';
      /** A name, an IPv4 address, or an IPv6 address without its brackets. */
      readonly host: string;
      readonly port: number;
    }
  | {
      readonly kind: 'unix';
      /** The path of the socket's file. */
      readonly path: string;
    };

const tcpPattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/;
const unixPrefix = 'unix:';

/**
 * Takes `127.0.0.1:6379`, `kv.example:6379`, `[::1]:6379` or `unix:/run/kv.sock` apart.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` if the text is none of these
 */
export function parseAddress(text: string): Address {
  if (text.startsWith(`${unixPrefix}/`)) return { kind: 'unix', path: text.slice(unixPrefix.length) };
  const match = tcpPattern.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host !== undefined && port <= 65535) return { kind: 'tcp', host, port };
  throw new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    `"${text}" is no address for HTTP: write host:port, with an IPv6 address in brackets, or unix:/path.`,
  );
}

/** The text that `parseAddress` takes apart again. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `${unixPrefix}${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** The address in the form in which `node:net` wants it, for listening and for connecting. */
export function socketOptions(address: Address): { host: string; port: number } | { path: string } {
  return address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
}
