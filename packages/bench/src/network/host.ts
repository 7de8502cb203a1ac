/** Where a program runs: this machine, or a host that a network namespace simulates. */
export interface Host {
  /** Where the other hosts reach it. */
  readonly address: string;
  /** What to put in front of a command so that it runs there. */
  readonly command: readonly string[];
}

/** This machine, by its loopback. */
export const loopback: Host = { address: '127.0.0.1', command: [] };
