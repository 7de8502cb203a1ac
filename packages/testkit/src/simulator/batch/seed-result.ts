import type { MarkName } from '../worlds/marks.js';
import type { WorldCounts, WorldFailure, WorldResult } from '../worlds/run-world.js';

/** What became of one seed, as it travels between processes. */
export interface SeedResult {
  readonly seed: number;
  readonly hash: string;
  readonly counts: WorldCounts;
  readonly marks: readonly (readonly [MarkName, number])[];
  readonly failure: WorldFailure | undefined;
}

export function seedResultOf({ seed, hash, counts, marks, failure }: WorldResult): SeedResult {
  return { seed, hash, counts, marks: [...marks], failure };
}
