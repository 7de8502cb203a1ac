/** A pure codec that finds requests and replies in the two byte streams of a connection. No I/O, no time. */
export interface Dialect {
  /**
   * Whether some requests have no reply, or may have to wait for it (`blocking`). Then, over dedicated connections, the
   * end of a turn cannot always be read off the replies, and the channel beneath needs a gate of its own for such turns.
   */
  readonly oneWayRequests: boolean;
  /** The state for one connection to the client or to the service. */
  createSession(): DialectSession;
}

/** Where one request ends, and what follows it. */
export interface RequestBoundary {
  /** Offset in the chunk just given, one past the request's last byte. */
  readonly end: number;
  /** How many replies the service will give: 0 for a one-way request (`noreply`), otherwise 1. */
  readonly replies: 0 | 1;
  /**
   * Only for a request that makes the service close the connection: what the service answers before it closes, possibly
   * nothing. A shared connection must not be closed, so there the request is answered with this and not forwarded.
   */
  readonly closing?: Uint8Array;
  /**
   * Only for a request whose reply the service may keep back until another client's request brings it about (Redis'
   * `BLPOP`). While it does, it has finished the turn, though the reply is outstanding. Where connections are shared a
   * dialect refuses such a request: it would hold up everybody.
   */
  readonly blocking?: true;
}

/** What a dialect refuses: the client interceptor sends `answer` and ends the connection; nothing of it is ordered. */
export interface Refusal {
  /** One sentence, for the log. */
  readonly reason: string;
  /** The error in the protocol's own words, for the client. */
  readonly answer: Uint8Array;
}

/** A request in the chunk just given was refused. */
export interface RefusedRequest {
  readonly refusal: Refusal;
  /**
   * Offset in the chunk, one past the last request that was not refused. 0 if none ended in this chunk: then the bytes
   * that were `undecided` before it belong to what is refused.
   */
  readonly accepted: number;
}

/** Follows one connection. Gives the same boundaries however the bytes are cut into chunks; memory is bounded. */
export interface DialectSession {
  /**
   * Reads the next bytes from the client.
   *
   * @returns the boundaries of the requests that end in this chunk, in order; or a refusal, after which no more requests
   *   are read, but still the replies to those before
   */
  readRequests(chunk: Uint8Array): readonly RequestBoundary[] | RefusedRequest;
  /**
   * Reads the next bytes from the service. Replies are matched to the requests that this session has read, in order.
   *
   * @returns offsets in the chunk, each one past the last byte of a reply that ends in it, in order
   */
  readReplies(chunk: Uint8Array): readonly number[];
  /** Replies not yet read to their end. 0 means that the service has answered everything that was complete. */
  readonly outstanding: number;
  /**
   * How many of the last bytes given to `readRequests` belong to a request that may still be refused (its line is not
   * complete yet). They are held back from the service until that is decided. Bounded. A request of which a part was let
   * through may be refused only if the service does nothing with a part that nothing follows but the end.
   */
  readonly undecided: number;
}
