import type { Framing } from '../message/framing.js';

/**
 * What travels between the two faces, in either direction: not the bytes of HTTP, but what they mean. A head counts one
 * unit, a byte of a body one, the end of a message whose length is not said in its head one. So positions do not depend on
 * how a service cuts its output into chunks, nor on how long its heads are.
 */
export type Unit =
  | {
      readonly kind: 'request-head';
      readonly framing: Framing;
      /** The response has no body, whatever its head says: the method is HEAD. */
      readonly bodiless: boolean;
      readonly upgrade: boolean;
      readonly takesTrailers: boolean;
      /** The client waits for a 100 before it sends the body. */
      readonly expectsContinue: boolean;
      /** It is not to share a connection with others: its response may have no end, or its body is not there yet. */
      readonly solitary: boolean;
      /** Start line and fields, without what is about the connection and without the empty line. */
      readonly text: Buffer;
    }
  | {
      readonly kind: 'response-head';
      readonly framing: Framing;
      /** Another head follows to the same request. */
      readonly informational: boolean;
      /** The connection is closed behind this response. */
      readonly closes: boolean;
      readonly upgrade: boolean;
      readonly text: Buffer;
    }
  /** Bytes of a body, or of what came in place of HTTP. */
  | { readonly kind: 'body'; readonly payload: Uint8Array }
  | {
      readonly kind: 'end';
      /** Lines that end in CR LF. */
      readonly trailers: Buffer;
    };
