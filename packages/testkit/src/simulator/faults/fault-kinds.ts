import type { MemberName } from '@lockstep/contracts';
import type { World } from '../worlds/world.js';
import { ambush } from './ambush.js';
import { memberFaults } from './member-faults.js';
import { networkFaults } from './network-faults.js';

/** One kind of misfortune. */
export interface FaultKind {
  readonly name: string;
  /** How often it happens, compared with others. */
  readonly weight: number;
  /**
   * Lets it happen once. What it does for a while it undoes by itself, unless the calm comes first, which undoes everything.
   *
   * @returns the members that it touches; undefined if there is nothing at present that it could happen to
   */
  strike(world: World): readonly MemberName[] | undefined;
}

export const faultKinds: readonly FaultKind[] = [...memberFaults, ...networkFaults, ambush];
