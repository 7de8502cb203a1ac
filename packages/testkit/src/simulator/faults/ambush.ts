import type { MemberEffect, PeerMessage } from '@lockstep/core/protocol';
import type { MemberProcess } from '../processes/member-process.js';
import type { World } from '../worlds/world.js';
import type { FaultKind } from './fault-kinds.js';

/** The steps of genesis, view change and transfer at which a death may matter. */
const steps: readonly PeerMessage['kind'][] = [
  ...(['prepare', 'promise', 'accept', 'accept', 'accepted', 'install', 'install', 'entries'] as const),
  ...(['fetch', 'genesis', 'genesis-answer', 'ready', 'order'] as const),
];

/**
 * Lies in wait for a member that takes a certain step of the protocol, and kills it there: before one of the effects that
 * follow, or a moment later, when a part of what it sent is still under way.
 */
export const ambush: FaultKind = {
  name: 'ambush',
  weight: 5,
  strike(world) {
    world.ambushes.push({ step: world.random.pick(steps) });
    // It touches whoever falls into it, later.
    return [...world.memberHosts.keys()];
  },
};

export interface Ambush {
  readonly step: PeerMessage['kind'];
}

/** Looks whether what a member does is what somebody lies in wait for. */
export function springAmbush(world: World, process: MemberProcess, effect: MemberEffect): void {
  if (effect.kind !== 'send' || world.isCalm) return;
  const index = world.ambushes.findIndex(({ step }) => step === effect.message.kind);
  if (index < 0) return;
  world.ambushes.splice(index, 1);
  const { random, scheduler, trace, plan } = world;
  trace.fact(process.id, `is ambushed at ${effect.message.kind}`);
  if (random.chance(0.5)) return process.killAfterEffects(random.integer(0, 4));
  scheduler.after(random.delayMs(0, 2 * plan.latency.highMs), () => world.kill(process, 'killed'));
}
