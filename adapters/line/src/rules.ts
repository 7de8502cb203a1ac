/** What a kind of request looks like. The first rule whose expression matches the request line is the one that holds. */
export interface RequestRule {
  readonly request: RegExp;
  /** The number of the capture group that gives the length of the body in bytes, if there is one. */
  readonly body: number | undefined;
  /** Matched against the request line: if it matches, no reply follows. */
  readonly noreply: RegExp | undefined;
  /** The service closes the connection after such a request, having answered this. */
  readonly closing: Uint8Array | undefined;
  /** Such a request is refused with this answer. */
  readonly refuse: Uint8Array | undefined;
}

/** What the reply to a kind of request looks like. Where no rule holds, a reply is one line. */
export interface ReplyRule {
  readonly request: RegExp;
  /** The reply goes on until a line matches; one line if undefined. */
  readonly until: RegExp | undefined;
  /** A line that matches `line` is followed by a body, whose length in bytes its capture group `length` gives. */
  readonly body: { readonly line: RegExp; readonly length: number } | undefined;
}

/** A line protocol, as its options describe it, with all defaults filled in. */
export interface LineRules {
  /** Ends a line; undefined: \n, with or without \r before it. 1 to 8 bytes. */
  readonly terminator: Uint8Array | undefined;
  /** How many bytes end a body after its counted ones; undefined: as many as ended the line that announced it. */
  readonly bodyTerminatorBytes: number | undefined;
  /** The longest request line, in bytes without its terminator. */
  readonly lineBytesMax: number;
  /** The longest counted body of a request, in bytes without its terminator. */
  readonly bodyBytesMax: number;
  /** The answer to what is too long; `{part}` stands for `line` or `body`, `{maximum}` for the maximum in bytes. */
  readonly refusal: string;
  readonly requests: readonly RequestRule[];
  readonly replies: readonly ReplyRule[];
}

/** The longest terminator, in bytes. */
export const terminatorBytesMax = 8;
