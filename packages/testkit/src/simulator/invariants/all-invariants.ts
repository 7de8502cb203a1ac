import type { Chronicle } from '../chronicle/chronicle.js';
import type { Invariant } from './invariant.js';

/** Every invariant of PROOF.md that can be checked without a disk, for one world. */
export function allInvariants(_chronicle: Chronicle): readonly Invariant[] {
  return [];
}
