/** What can be written under `options` of an endpoint with the line adapter. Expressions are JavaScript's. */
export interface LineOptions {
  /** Rules and limits of a known protocol. What is written beside it goes first. */
  readonly preset?: 'memcached';
  /** What ends a line: 1 to 8 characters. Default: \n, with or without \r before it. */
  readonly terminator?: string;
  /** What ends a body after its counted bytes. Default: the same that ended the line that announced it. */
  readonly bodyTerminator?: string;
  /** The longest request line, without its terminator. 1 byte to 1 MiB, default 64 KiB. */
  readonly maxLength?: number;
  /** The longest counted body of a request, without its terminator. 0 bytes to 1 GiB, default 8 MiB. */
  readonly maxBody?: number;
  /**
   * The answer to a line or a body that is too long, before the connection ends. `{part}` stands for `line` or `body`,
   * `{maximum}` for the maximum in bytes. Default `ERR {part} too long (maximum {maximum} bytes)\r\n`.
   */
  readonly refusal?: string;
  /** Requests that are more than a line with a reply. The first that matches the request line holds. */
  readonly requests?: readonly RequestOption[];
  /** Replies that are more than a line. The first that matches the request line holds. */
  readonly replies?: readonly ReplyOption[];
}

/** One kind of request. */
export interface RequestOption {
  /** Matched against the request line, without its terminator, one character for each byte. */
  readonly request: string;
  /** The number of the capture group of `request` that says how many bytes of body follow, and then its terminator. */
  readonly body?: number;
  /** Matched against the request line: if it matches, the service gives no reply. */
  readonly noreply?: string;
  /** The service answers this (perhaps nothing) and closes the connection. */
  readonly closing?: string;
  /** The request is refused with this answer, and the connection ended. */
  readonly refuse?: string;
}

/** One kind of reply. */
export interface ReplyOption {
  /** Matched against the request line. */
  readonly request: string;
  /** The reply goes on until a line matches. Default: it is one line. */
  readonly until?: string;
  /** A line that matches `line` is followed by as many bytes as its capture group `length` says, and a terminator. */
  readonly body?: { readonly line: string; readonly length: number };
}
