/** A pure codec that finds requests and replies in the two byte streams of a connection. No I/O, no time. */
export interface Dialect {
  /** The state for one connection to the client or to the service. */
  createSession(): DialectSession;
}

/** Where one request or reply ends, and whether a reply follows. */
export interface RequestBoundary {
  /** Offset in the chunk just given, one past the request's last byte. */
  readonly end: number;
  /** How many replies the service will give: 0 for a one-way request (`noreply`), otherwise 1. */
  readonly replies: 0 | 1;
}

/** What a dialect refuses: the client interceptor sends `answer` and ends the connection; nothing is ordered. */
export interface Refusal {
  /** One sentence, for the log. */
  readonly reason: string;
  /** The error in the protocol's own words, for the client. */
  readonly answer: Uint8Array;
}

/** Follows one connection. Gives the same boundaries however the bytes are cut into chunks; memory is bounded. */
export interface DialectSession {
  /**
   * Reads the next bytes from the client.
   *
   * @returns the boundaries of the requests that end in this chunk, in order, or a refusal, after which the session is
   *   not used any more; bytes before the refused request are in `accepted`
   */
  readRequests(chunk: Uint8Array): readonly RequestBoundary[] | { readonly refusal: Refusal; readonly accepted: number };
  /**
   * Reads the next bytes from the service. Replies are matched to the requests that this session has read, in order.
   *
   * @returns offsets in the chunk, each one past the last byte of a reply that ends in it, in order
   */
  readReplies(chunk: Uint8Array): readonly number[];
  /** Replies not yet read to their end. 0 means that the service has answered everything that was complete. */
  readonly outstanding: number;
}
