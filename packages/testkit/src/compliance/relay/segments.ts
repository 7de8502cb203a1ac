import type { Segment } from '@lockstep/contracts';

/** Whether a segment is plain bytes, which may be cut and joined, rather than a message, which may not. */
export function isDivisible({ length, payload }: Segment): boolean {
  return length === payload.byteLength;
}

/** The two parts of a divisible segment. `units` lies within it. */
export function cut({ payload }: Segment, units: number): [Segment, Segment] {
  return [bytes(payload.subarray(0, units)), bytes(payload.subarray(units))];
}

/** Divisible segments as one. */
export function join(segments: readonly Segment[]): Segment {
  return bytes(Buffer.concat(segments.map(({ payload }) => payload)));
}

function bytes(payload: Uint8Array): Segment {
  return { length: payload.byteLength, payload };
}
