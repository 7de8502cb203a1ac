import { invariant } from '../invariant.js';
import { limits } from '../limits.js';

/** Every bound of the connection table and of a replica that is not configured, in one place. */
export const connectionLimits = {
  /** Links of client interceptors to one replica, attached or not. */
  clientLinksMax: 4096,
  /** Expired client interceptors that the table remembers, so that nothing of theirs revives them. */
  forgottenClientsMax: 4096,
  /** Live connections of one client interceptor, whatever is configured: an attachment names them all at once. */
  connectionsPerClientMax: 8192,
  /** Most bytes that an acknowledgement takes in an encoded entry. */
  acknowledgementBytesMax: 24,
  /** Where an `output` message is cut, in bytes of payload. A larger segment goes alone. */
  outputMessageBytesMax: 256 * 1024,
  /** What each connection may cache however many there are, when the cache is full. */
  cacheShareBytesMin: 16 * 1024,
} as const;

invariant(
  connectionLimits.connectionsPerClientMax * connectionLimits.acknowledgementBytesMax < limits.entryBytesMax,
  'an attachment that acknowledges on every connection fits into an entry',
);
