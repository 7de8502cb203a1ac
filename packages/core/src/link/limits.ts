import { connectionLimits } from '../protocol/connections/limits.js';
import { invariant } from '../protocol/invariant.js';
import { limits } from '../protocol/limits.js';
import { wireLimits } from '../wire/limits.js';

/** Every bound of the links, in one place. */
export const linkLimits = {
  /** Bytes that wait to be sent to a member; beyond, its link is broken and made anew. The protocol sends again. */
  peerUnsentBytesMax: 96 * 1024 * 1024,
  /** Bytes that wait to be sent to a client interceptor before the layer above is asked to hold back. */
  clientUnsentBytesHigh: 1024 * 1024,
  /** Bytes that wait to be sent to a client interceptor; beyond, its link is closed. */
  clientUnsentBytesMax: 64 * 1024 * 1024,
  /** Most bytes that are read at once: what a client has said at once, with its headers, need not be put together again. */
  readBytesMax: 72 * 1024,
  /** Pieces of at most this many bytes are copied together rather than gathered one by one by the kernel. */
  joinPieceBytesMax: 4 * 1024,
  /** Connections that are not done with their handshake; more are refused. */
  handshakesMax: 1024,
  /** Client interceptors linked to one member; more are refused. */
  clientLinksMax: connectionLimits.clientLinksMax,
  /** Connections that the kernel keeps until we accept them. */
  backlog: 4096,
  /**
   * Re-dialling: at once, then after this pause, then after ever longer ones. It is short because a process that is dying
   * may still accept a connection for a moment, and how soon its death is proven is how soon clients go on.
   */
  backOffStartMs: 2,
  backOffMaxMs: 500,
  /** A link that lived this long was a success: the next pause is the first one again. */
  settledAfterMs: 1000,
  /** How long the other side may take to close a connection that we ended. */
  closeTimeoutMs: 1000,
  /** How long a connection for state transfer is kept without use. */
  transferIdleMs: 5000,
  /** How long the handshake of a connection that somebody made to us may take. */
  handshakeTimeoutMs: 5000,
} as const;

invariant(
  linkLimits.peerUnsentBytesMax > 4 * limits.windowBytesMax,
  'a link that is only as slow as the window allows is not broken for it',
);
invariant(
  linkLimits.clientUnsentBytesMax > linkLimits.clientUnsentBytesHigh + wireLimits.frameBytesMax,
  'who heeds the request to hold back is not cut off',
);
invariant(linkLimits.backOffStartMs < linkLimits.backOffMaxMs, 'the pauses grow');
