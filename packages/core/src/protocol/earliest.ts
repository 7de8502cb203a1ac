import type { Milliseconds } from '@lockstep/contracts';

/** The earlier of two deadlines, each of which may not be there. */
export function earliest(one: Milliseconds | undefined, other: Milliseconds | undefined): Milliseconds | undefined {
  if (one === undefined) return other;
  return other === undefined ? one : Math.min(one, other);
}
