import type { MemberStatus } from '@lockstep/core';
import { isAttachedTo, type LockstepGroup } from '../lockstep/lockstep-group.js';

/** What a replica is for the clients when it dies, and how it dies. */
export interface Fault {
  readonly name: string;
  /** Whether the client interceptor is attached to the victim. */
  readonly attached: boolean;
  /** Whether the victim gives the order numbers. */
  readonly sequencer: boolean;
  /** It is cut off from the network, and nobody is told; otherwise it is killed, as its service is. */
  readonly silent: boolean;
  /** What the issue asks for, and aims for, at the 99th percentile, in milliseconds. */
  readonly targets: readonly [reachMs: number, aimMs: number];
}

/** Default of the configuration. */
const suspectAfterMs = 1000;
const killTargets = [100, 20] as const;
const silenceTargets = [suspectAfterMs + 150, suspectAfterMs + 150] as const;

export const faults: readonly Fault[] = [
  { name: 'attached member', attached: true, sequencer: false, silent: false, targets: killTargets },
  { name: 'sequencer', attached: false, sequencer: true, silent: false, targets: killTargets },
  { name: 'both in one', attached: true, sequencer: true, silent: false, targets: killTargets },
  { name: 'both in one, silent', attached: true, sequencer: true, silent: true, targets: silenceTargets },
];

const arrangementsMax = 5;

/**
 * Sees to it that the client interceptor is attached to the sequencer, or to another member, as the fault wants it.
 *
 * @returns the member that is to die
 */
export async function arrange(group: LockstepGroup, fault: Fault): Promise<MemberStatus> {
  const areOne = fault.attached && fault.sequencer;
  for (let attempt = 1; attempt <= arrangementsMax; attempt++) {
    const members = await group.untilWhole();
    const sequencer = members.find((member) => member.sequencer)!;
    const attached = members.find(isAttachedTo)!;
    if ((sequencer === attached) === areOne) return fault.attached ? attached : sequencer;
    await group.restartClient(areOne ? sequencer : members.find((member) => !member.sequencer)!);
  }
  throw new Error('The client interceptor does not attach to the member that it is told to begin with.');
}
