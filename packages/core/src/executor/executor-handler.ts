import type { OrderNumber, Segment } from '@lockstep/contracts';
import type { ConnectionKey } from '../protocol/connections/replica-io.js';

/**
 * What the executor tells. `cause` is always the last entry of which something had been handed to any channel when the
 * output was read: no later entry can have brought it about.
 */
export interface ExecutorHandler {
  /**
   * Every operation of the entries up to `through` has been handed to its channel. Only grows. Called at most once for
   * each call into the executor and for each event of a channel, before that call returns.
   */
  onExecuted(through: OrderNumber): void;
  /** The service sent this. */
  onOutput(connection: ConnectionKey, segment: Segment, cause: OrderNumber): void;
  /** The service has half-closed. */
  onOutputEnd(connection: ConnectionKey, cause: OrderNumber): void;
  /** The service broke or refused the connection, or died; or the endpoint is not served here. */
  onOutputReset(connection: ConnectionKey, reason: Error, cause: OrderNumber): void;
  /** The service's side has taken `units` units of the connection's input, counted from its first. */
  onInputTaken(connection: ConnectionKey, units: number): void;
  /** What the connections of an endpoint share is gone: the service counts as dead. */
  onServiceLost(reason: Error): void;
  /**
   * The service did not finish this connection's turn in time, or put out far too much in it for a client that does not read;
   * the others were let in, so the order between connections is open from here.
   */
  onGateTimeout(connection: ConnectionKey): void;
}
