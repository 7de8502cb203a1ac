import type { Segment } from '@lockstep/contracts';

/** A message that is never cut, and counts one unit. */
export function unit(payload: Uint8Array): Segment {
  return { length: 1, payload };
}

/** Bytes that may be cut anywhere, and count one unit each. */
export function bytes(payload: Uint8Array): Segment {
  return { length: payload.length, payload };
}

/** Whether a segment is a message. Those of ours are longer than one byte, so that they are not taken for bytes. */
export function isUnit({ length, payload }: Segment): boolean {
  return length !== payload.length;
}
