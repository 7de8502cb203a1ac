import type { FaultKind } from './fault-kinds.js';
import { resetLink } from './network-faults.js';

/**
 * Breaks the link of one client interceptor again and again, wherever it turns to: so that it comes back, within a moment, to
 * members that still know its last attachment.
 */
export const restlessLink: FaultKind = {
  name: 'restless-link',
  weight: 8,
  strike(world) {
    const { clientHosts, memberHosts, network, plan, random, scheduler } = world;
    const client = random.pick(clientHosts).name;
    let resets = random.integer(memberHosts.size, 5 * memberHosts.size);
    const reset = (): void => {
      if (world.isCalm) return;
      const end = network.ends().find(({ owner, peer }) => owner.host === client || peer.owner.host === client);
      if (end !== undefined) resetLink(world, end);
      resets -= 1;
      if (resets > 0) scheduler.after(random.delayMs(0, 3 * plan.latency.highMs + 3), reset);
    };
    reset();
    // What happens between a client interceptor and a member is no excuse for anything that happens among members.
    return [];
  },
};
