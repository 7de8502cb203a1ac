import type { Duplex } from 'node:stream';

/** A checked request that asks for another protocol on its connection. It has no body. */
export interface UpgradeRequest {
  readonly method: string;
  readonly target: string;
  /** Names and values by turns, as the client sent them: order, case and repeats kept, nothing stripped. */
  readonly rawHeaders: readonly string[];
}

/**
 * Is asked about each request for an upgrade, when everything before it on its connection is answered.
 *
 * @param socket the client's connection; whoever takes it over owns it, and reads it. Its reset is noticed while it is paused
 * @param head bytes that came behind the request, and are to be read before those of the socket
 * @returns true if the connection is taken over; then the http face has nothing to do with it any more
 */
export type UpgradeHook = (request: UpgradeRequest, socket: Duplex, head: Buffer) => boolean;
