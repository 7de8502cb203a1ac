import type { LinkEnd } from '../network/link.js';
import type { World } from '../worlds/world.js';
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
    const client = world.random.pick(world.clientHosts).name;
    breakAgainAndAgain(world, ({ owner, peer }) => owner.host === client || peer.owner.host === client);
    // What happens between a client interceptor and a member is no excuse for anything that happens among members.
    return [];
  },
};

/** Breaks the link between two members again and again: what one submits to the other is lost, and what follows may not be. */
export const restlessPeers: FaultKind = {
  name: 'restless-peers',
  weight: 8,
  strike(world) {
    const [one, other] = world.random.shuffled([...world.memberHosts.keys()]);
    breakAgainAndAgain(world, ({ owner, peer }) => owner.host === one && peer.owner.host === other);
    return [one!, other!];
  },
};

function breakAgainAndAgain(world: World, isMeant: (end: LinkEnd<unknown, unknown>) => boolean): void {
  const { memberHosts, network, plan, random, scheduler } = world;
  let resets = random.integer(memberHosts.size, 5 * memberHosts.size);
  const reset = (): void => {
    if (world.isCalm) return;
    const end = network.ends().find(isMeant);
    if (end !== undefined) resetLink(world, end);
    resets -= 1;
    if (resets > 0) scheduler.after(random.delayMs(0, 3 * plan.latency.highMs + 3), reset);
  };
  reset();
}
