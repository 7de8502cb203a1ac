import { invariant } from '../invariant.js';
import { limits } from '../limits.js';

/** Every bound of the connection table and of a replica that is not configured, in one place. */
export const connectionLimits = {
  /** News of more connections than these go in a message of their own, not with output. */
  ridingTakenMax: 256,
  /** Links of client interceptors to one replica, attached or not. */
  clientLinksMax: 4096,
  /** Expired client interceptors that the table remembers, so that nothing of theirs revives them. */
  forgottenClientsMax: 4096,
  /**
   * A replica without links of client interceptors executes in larger pieces: with the first entry after `deferMs`
   * milliseconds, after `deferMsMax` at the latest, and at once when so many entries wait.
   */
  deferMs: 15,
  deferMsMax: 20,
  deferredEntriesMax: 64,
  /** Live connections of one client interceptor, whatever is configured. */
  connectionsPerClientMax: 65_536,
  /** Connections that one message or entry lists. Where there are more, there are more messages. */
  listedConnectionsMax: 8192,
  /** Most bytes that an acknowledgement takes in an encoded entry. */
  acknowledgementBytesMax: 24,
  /** Stable batches of which a client interceptor is not told before there is output for it, or time to fill silence. */
  untoldBatchesMax: 64,
  /** Where an `output` message is cut, in bytes of payload. A larger segment goes alone. */
  outputMessageBytesMax: 256 * 1024,
  /** What each connection may cache however many there are, when the cache is full. */
  cacheShareBytesMin: 16 * 1024,
} as const;

invariant(
  connectionLimits.listedConnectionsMax * connectionLimits.acknowledgementBytesMax < limits.entryBytesMax,
  'an attachment that acknowledges on as many connections as it may fits into an entry',
);
