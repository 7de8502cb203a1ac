import type { Segment } from '@lockstep/contracts';

/** What a client asks for when it opens a WebSocket. */
export interface HandshakeRequest {
  /** The target of the request, as the client wrote it: `/chat?room=1`. */
  readonly target: string;
  /** Names and values in turn, without those that concern the client's own connection. */
  readonly rawHeaders: readonly string[];
}

/** One thing that happens on a WebSocket, in either direction. */
export type Unit =
  /** The first from the client. */
  | { readonly kind: 'handshake'; readonly request: HandshakeRequest }
  /** The first from the service: it speaks WebSocket. The headers are those of its answer. */
  | { readonly kind: 'accepted'; readonly rawHeaders: readonly string[] }
  /** The first from the service: it does not. What follows are the bytes of its answer's body, which are no units. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly statusText: string;
      readonly rawHeaders: readonly string[];
    }
  /** A message, or a piece of a long one. */
  | {
      readonly kind: 'message';
      readonly isBinary: boolean;
      readonly isLast: boolean;
      readonly payload: Uint8Array;
    }
  /** A close frame. Nothing follows. Without a code, there was none. */
  | { readonly kind: 'close'; readonly code: number | undefined; readonly reason: Uint8Array };

/**
 * A unit is one byte that says what it is, one that is 0 or says more about it, and its content. Two bytes at least,
 * because a segment of one byte would be taken for a piece of a byte stream.
 *
 * | first byte | second byte | content |
 * | --- | --- | --- |
 * | 0x40 handshake | 0 | JSON: target, rawHeaders |
 * | 0x41 accepted | 0 | JSON: rawHeaders |
 * | 0x42 refused | 0 | JSON: status, statusText, rawHeaders |
 * | 0x43 text | 0: last piece; 1: more follow | UTF-8, which a piece may end in the middle of |
 * | 0x44 binary | the same | the bytes |
 * | 0x45 close | 0 | nothing; or the code, two bytes, the high one first, and the reason in UTF-8 |
 *
 * First bytes below 0x40 belong to HTTP.
 */
const unitTypes = { handshake: 0x40, accepted: 0x41, refused: 0x42, text: 0x43, binary: 0x44, close: 0x45 } as const;

const headBytes = 2;

/**
 * Longer messages are cut, always at the same places, so that all replicas count the same units. A unit must fit into one
 * entry of the order, and one long message must not hold up everybody else's on the way.
 */
export const pieceBytesMax = 64 * 1024;

/** Whether this is the first unit of a WebSocket, and not of an HTTP connection. */
export function isHandshake({ payload }: Segment): boolean {
  return payload[0] === unitTypes.handshake && payload.length > 1;
}

/** The unit as a segment. A message must be one piece: see `messageSegments`. */
export function encodeUnit(unit: Exclude<Unit, { kind: 'message' }>): Segment {
  switch (unit.kind) {
    case 'handshake':
      return encodeJson(unitTypes.handshake, unit.request);
    case 'accepted':
      return encodeJson(unitTypes.accepted, { rawHeaders: unit.rawHeaders });
    case 'refused': {
      const { status, statusText, rawHeaders } = unit;
      return encodeJson(unitTypes.refused, { status, statusText, rawHeaders });
    }
    case 'close': {
      const { code, reason } = unit;
      const content = code === undefined ? [] : [Uint8Array.of(code >> 8, code & 0xff), reason];
      return segmentOf(unitTypes.close, 0, ...content);
    }
  }
}

/** A whole message as the segments that it travels in: one, or several if it is long. */
export function messageSegments(payload: Uint8Array, isBinary: boolean): Segment[] {
  const type = isBinary ? unitTypes.binary : unitTypes.text;
  const segments: Segment[] = [];
  let start = 0;
  do {
    const end = start + pieceBytesMax;
    segments.push(segmentOf(type, end < payload.length ? 1 : 0, payload.subarray(start, end)));
    start = end;
  } while (start < payload.length);
  return segments;
}

/** @returns undefined if the segment is no unit of a WebSocket */
export function decodeUnit(segment: Segment): Unit | undefined {
  try {
    return readUnit(segment);
  } catch {
    return undefined;
  }
}

/** @throws SyntaxError */
function readUnit({ payload }: Segment): Unit | undefined {
  const [type, more] = payload;
  const content = payload.subarray(headBytes);
  if (payload.length < headBytes) return undefined;
  switch (type) {
    case unitTypes.handshake:
      return { kind: 'handshake', request: decodeJson(content) as HandshakeRequest };
    case unitTypes.accepted:
      return { kind: 'accepted', ...(decodeJson(content) as { rawHeaders: string[] }) };
    case unitTypes.refused:
      return {
        kind: 'refused',
        ...(decodeJson(content) as { status: number; statusText: string; rawHeaders: string[] }),
      };
    case unitTypes.text:
    case unitTypes.binary:
      return { kind: 'message', isBinary: type === unitTypes.binary, isLast: more === 0, payload: content };
    case unitTypes.close: {
      const [high, low = 0] = content;
      return { kind: 'close', code: high === undefined ? undefined : high * 256 + low, reason: content.subarray(2) };
    }
    default:
      return undefined;
  }
}

function encodeJson(type: number, value: unknown): Segment {
  return segmentOf(type, 0, Buffer.from(JSON.stringify(value)));
}

function decodeJson(content: Uint8Array): unknown {
  return JSON.parse(Buffer.from(content.buffer, content.byteOffset, content.length).toString());
}

function segmentOf(type: number, more: number, ...content: readonly Uint8Array[]): Segment {
  return { length: 1, payload: Buffer.concat([Uint8Array.of(type, more), ...content]) };
}
