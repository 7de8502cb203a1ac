/** Where a member listens for links. */
export interface LinkAddress {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  /** 1 to 65535; 0 asks for any free port where one listens. */
  readonly port: number;
}

/** For people: `10.0.0.1:7400`, `[::1]:7400`. */
export function formatAddress({ host, port }: LinkAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
