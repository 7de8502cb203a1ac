/**
 * A piece of one direction of a connection, as an adapter yields or receives it. Adapters count nothing: positions
 * are given by the layers above, from `length`.
 */
export interface Segment {
  /**
   * How many units the segment is long, from 1. As many as the payload has bytes: then it is bytes, which the layers above
   * cut and join as they like. Any other number: then it is a message, which is never cut, never joined, and arrives
   * where it began; mostly 1, whatever its size. A message that counts 1 must have a payload of two bytes at least.
   */
  readonly length: number;
  /**
   * The bytes. Ownership passes with the call that hands the segment over: neither side writes into the buffer
   * afterwards, both may keep it.
   */
  readonly payload: Uint8Array;
}

/**
 * What a channel tells the layer above it. Calls come one at a time, never from inside a call into the channel; but each
 * may call the channel, `pause` and `reset` too, and what that forbids does not follow even if it came in the same read.
 */
export interface ChannelHandler {
  /**
   * The other side sent this. Not called while the channel is paused, or after `onEnd`. From a service, all replicas are to
   * bring the same units for the same input: the same bytes, and as many messages in the same places.
   */
  onSegment(segment: Segment): void;
  /** The other side has finished sending (half-close); it may still receive. Once, after the last segment. */
  onEnd(): void;
  /**
   * The connection broke: reset by the other side, refused, or failed. Nothing follows but `onClosed`. `fault` says who
   * broke it, as far as the adapter can tell: `peer` if the other side did or broke the protocol, `local` if this process
   * or its host did. Comes at any time, also while the channel is paused or not open yet.
   */
  onReset(reason: Error, fault: 'peer' | 'local'): void;
  /**
   * `units` is the cumulative number of units given to `send` that have left this process's hands: the kernel, or a
   * program on the other side, has taken them. Each call says more than the one before, and none more than was sent.
   */
  onTaken(units: number): void;
  /**
   * Last call, once: both directions are done (`onEnd` and `end`) or broken (`onReset` or `reset`), and all resources are
   * free.
   */
  onClosed(): void;
}

/**
 * One connection, seen from either interceptor: segments out, segments in.
 *
 * Order: segments come out in the order in which they went in. Nothing given to `send` is dropped silently: it reaches
 * the other side, or `onReset` is called. Backpressure inwards is `pause`/`resume`; backpressure outwards is the
 * difference between the units sent and the units reported by `onTaken`, which the caller bounds.
 */
export interface Channel {
  /** Sets who is told. Called once, at once, before the event loop turns. */
  bind(handler: ChannelHandler): void;
  /** Sends a segment. Accepted before the connection is open: it is kept until then. Ignored after end or reset. */
  send(segment: Segment): void;
  /** Half-closes, after everything sent so far. Ignored after end or reset. */
  end(): void;
  /**
   * Breaks the connection as abruptly as the protocol can (a TCP reset), dropping what was not taken yet. Only
   * `onClosed` follows. Allowed at any time, before the connection is open too, and again.
   */
  reset(): void;
  /**
   * Stops `onSegment`, `onEnd` and an `onClosed` that comes after them (the bytes stay where they are, as with a full TCP
   * window). `onReset` and `onTaken` go on.
   */
  pause(): void;
  /** Undoes `pause`. What is due is told later, not from inside this call. */
  resume(): void;
}

/** What a service channel tells in addition. */
export interface ServiceChannelHandler extends ChannelHandler {
  /** The connection to the service is open. */
  onOpen(): void;
  /**
   * `busy` went from true to false: by the adapter's gate, the service has finished everything sent so far. Promised to
   * those who have read `busy` as true before, also if they have read it as false meanwhile. Not called when the connection broke or was closed: then `onReset` or
   * `onClosed` says so.
   */
  onIdle(): void;
}

/** A channel to the service; it knows by its gate whether the service is still working on what it was sent. */
export interface ServiceChannel extends Channel {
  bind(handler: ServiceChannelHandler): void;
  /**
   * True from a `send` (or `end`) until the gate says that the service has finished the turn. False once the connection
   * is closed or broken. A gate whose proof is costly may put it off until `busy` has been read: so read it when it
   * matters, and wait for `onIdle` if it is true.
   */
  readonly busy: boolean;
}
