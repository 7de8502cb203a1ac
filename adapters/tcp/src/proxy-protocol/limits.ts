/** What clients may do before their stream begins. */
export const proxyLimits = {
  /** The longest header in bytes. One with addresses of unix sockets has 232; the rest is for what balancers add. */
  headerBytesMax: 4096,
  /** A header comes at once; one that is not whole after so long, a lost packet included, never will be. */
  headerTimeoutMs: 5000,
  /** Clients that are awaited at a time. Those of a balancer are done within a round trip. */
  awaitedMax: 1024,
} as const;
