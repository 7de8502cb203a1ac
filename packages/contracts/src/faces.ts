import type { Channel, ServiceChannel } from './channel.js';

/** Plays the service towards clients: listens, and yields one channel for each client's connection. */
export interface ClientFace {
  /**
   * Starts to listen, and calls `accept` once for each connection from then on.
   *
   * @returns the address really listened on, for people and logs (`127.0.0.1:6379`; shows the port that 0 became)
   * @throws LockstepError `ERR_LOCKSTEP_ADDRESS_IN_USE` or `ERR_LOCKSTEP_LISTEN`
   */
  listen(accept: (channel: Channel) => void): Promise<string>;
  /** Stops listening; open channels live on. Resolves when the address is free. */
  close(): Promise<void>;
}

/** Plays a client towards the service: yields one channel for each virtual connection. */
export interface ServiceFace {
  /** Starts a connection. Never throws: a failure is the channel's `onReset`. */
  connect(): ServiceChannel;
  /**
   * Resolves if the service accepts connections at this moment.
   *
   * @throws LockstepError `ERR_LOCKSTEP_SERVICE_UNREACHABLE`, with what went wrong as its cause
   */
  probe(): Promise<void>;
  /**
   * Sets who is told, once, that what all connections share is gone (a shared connection, a shared process), and with it a
   * part of the service's state. The service counts as dead then. A face that shares nothing has none.
   */
  onLost?(listener: (reason: Error) => void): void;
  /**
   * Frees what the face holds besides its channels (a shared connection), when the replica is done with this life of its
   * service. `connect` may be called again for the next life. A face that holds nothing has none.
   */
  close?(): void;
}

/**
 * When a service has finished a turn; the next turn of another connection waits for it.
 *
 * - `reply`: the reply to each request has been read to its end (needs a dialect, or an adapter that knows);
 * - `probe`: the service has answered a probe that follows the turn (needs a protocol that has one, as WebSocket has pings);
 * - `consumed`: the service has read its socket empty, and has answered or stayed quiet;
 * - `none`: at once; the user declares that connections are independent.
 */
export type Gate = 'reply' | 'probe' | 'consumed' | 'none';
