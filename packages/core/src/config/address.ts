/** A TCP address, taken apart. */
export interface Address {
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly host: string;
  /** 0 to 65535; 0 asks for any free port where one listens. */
  readonly port: number;
}

/** `host:port`, with an IPv6 address in brackets. The port's range is not checked here. */
export const addressPattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;

/**
 * Takes `10.0.0.1:7400`, `kv-1.example:7400` or `[::1]:7400` apart.
 *
 * @returns undefined when the text is no address
 */
export function parseAddress(text: string): Address | undefined {
  const match = addressPattern.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65535 ? undefined : { host, port };
}

/** Whether what is sent there cannot leave the machine. A name other than `localhost` may resolve to anything. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Whether the host means "all interfaces": one can listen there, but nobody can be told to dial it. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || /^[0:]+$/.test(host);
}
