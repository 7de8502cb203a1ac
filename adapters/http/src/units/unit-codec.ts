import type { Segment } from '@lockstep/contracts';
import type { Framing } from '../message/framing.js';
import type { RequestHead } from '../message/request-head.js';
import type { ResponseHead } from '../message/response-head.js';
import type { Unit } from './unit.js';

/**
 * The first byte of a unit that is no body. 0x40 and above are left to adapters that build on this one and begin connections
 * of their own with them.
 */
const types = { requestHead: 1, responseHead: 2, end: 3 } as const;

const framings = ['none', 'length', 'chunked', 'until-close', 'tunnel'] as const satisfies Framing['kind'][];

const requestFlags = { bodiless: 1, upgrade: 2, takesTrailers: 4, expectsContinue: 8, solitary: 16 } as const;
const responseFlags = { informational: 1, closes: 2, upgrade: 4 } as const;

/** A head begins with its type, its framing, its flags, and the length of its body in six bytes. */
const headPrefixBytes = 9;
const lengthOffset = 3;
const lengthBytes = 6;

/** So that an end without trailers is not taken for a byte of a body. */
const endPrefixBytes = 2;

/**
 * The unit of a request's head.
 *
 * @param solitary as in `Unit`
 */
export function encodeRequestHead(head: RequestHead, solitary: boolean): Segment {
  const flags =
    (head.method === 'HEAD' ? requestFlags.bodiless : 0) |
    (head.upgrade ? requestFlags.upgrade : 0) |
    (head.takesTrailers ? requestFlags.takesTrailers : 0) |
    (head.expectsContinue ? requestFlags.expectsContinue : 0) |
    (solitary ? requestFlags.solitary : 0);
  return encodeHead(types.requestHead, head.framing, flags, head.text);
}

/**
 * The unit of a response's head.
 *
 * @param closes whether the client is to see the connection closed behind it
 */
export function encodeResponseHead(head: ResponseHead, closes: boolean): Segment {
  const flags =
    (head.informational ? responseFlags.informational : 0) |
    (closes ? responseFlags.closes : 0) |
    (head.upgrade ? responseFlags.upgrade : 0);
  return encodeHead(types.responseHead, head.framing, flags, head.text);
}

/** Bytes of a body: as many units as bytes. */
export function encodeBody(payload: Uint8Array): Segment {
  return { length: payload.length, payload };
}

/** The unit that ends a message whose length was not said in its head. */
export function encodeEnd(trailers: string): Segment {
  const payload = Buffer.allocUnsafe(endPrefixBytes + trailers.length);
  payload.writeUInt16BE(types.end << 8);
  payload.write(trailers, endPrefixBytes, 'latin1');
  return { length: 1, payload };
}

/**
 * What a segment is.
 *
 * @throws Error if it is nothing that this file encodes
 */
export function decodeUnit({ length, payload }: Segment): Unit {
  if (length === payload.length) return { kind: 'body', payload };
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const type = bytes[0];
  if (length === 1 && type === types.end) return { kind: 'end', trailers: bytes.subarray(endPrefixBytes) };
  if (length !== 1 || bytes.length < headPrefixBytes) throw new Error('this is no unit of HTTP');
  const flags = bytes[2] ?? 0;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const framing = decodeFraming(bytes);
  const text = bytes.subarray(headPrefixBytes);
  if (type === types.requestHead) {
    return {
      kind: 'request-head',
      framing,
      bodiless: has(requestFlags.bodiless),
      upgrade: has(requestFlags.upgrade),
      takesTrailers: has(requestFlags.takesTrailers),
      expectsContinue: has(requestFlags.expectsContinue),
      solitary: has(requestFlags.solitary),
      text,
    };
  }
  if (type !== types.responseHead) throw new Error(`HTTP has no unit of the type ${type}`);
  return {
    kind: 'response-head',
    framing,
    informational: has(responseFlags.informational),
    closes: has(responseFlags.closes),
    upgrade: has(responseFlags.upgrade),
    text,
  };
}

function encodeHead(type: number, framing: Framing, flags: number, text: string): Segment {
  const payload = Buffer.allocUnsafe(headPrefixBytes + text.length);
  payload[0] = type;
  payload[1] = framings.indexOf(framing.kind);
  payload[2] = flags;
  payload.writeUIntBE(framing.kind === 'length' ? framing.length : 0, lengthOffset, lengthBytes);
  payload.write(text, headPrefixBytes, 'latin1');
  return { length: 1, payload };
}

function decodeFraming(bytes: Buffer): Framing {
  const kind = framings[bytes[1] ?? 0];
  if (kind === undefined) throw new Error('the head of a message has an unknown framing');
  return kind === 'length' ? { kind, length: bytes.readUIntBE(lengthOffset, lengthBytes) } : { kind };
}
