const mebibyte = 1024 * 1024;

/** What the composition of a dialect with a channel may hold or do for one connection. */
export const substrateLimits = {
  /** Bytes of a request that is not complete, and waits to be put on a shared connection. Then the client is reset. */
  heldRequestBytesMax: 64 * mebibyte,
  /** Reply bytes kept for a paused virtual channel of a shared connection, which goes on for others. Then it is reset. */
  keptReplyBytesMax: 16 * mebibyte,
  /** Bytes read from a client after its request was refused, so that it gets to read the answer. Then it is reset. */
  refusedBytesMax: mebibyte,
} as const;
