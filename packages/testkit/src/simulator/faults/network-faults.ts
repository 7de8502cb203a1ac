import type { MemberName } from '@lockstep/contracts';
import type { LinkEnd } from '../network/link.js';
import type { World } from '../worlds/world.js';
import type { FaultKind } from './fault-kinds.js';

type Way = readonly [from: string, to: string];

/** Cuts some ways for a while. */
function cutting(name: string, weight: number, choose: (world: World) => readonly Way[]): FaultKind {
  return {
    name,
    weight,
    strike(world) {
      const ways = choose(world);
      if (ways.length === 0) return undefined;
      const { network, plan, random, scheduler, trace } = world;
      const forMs = random.delayMs(1, 5 * plan.group.timing.suspectAfterMs);
      trace.fact('net', `${name} for ${forMs} ms: ${ways.map(([from, to]) => `${from}>${to}`).join(' ')}`);
      for (const [from, to] of ways) network.block(from, to);
      scheduler.after(forMs, () => {
        for (const [from, to] of ways) network.unblock(from, to);
      });
      return ways.flat().filter((host) => world.memberHosts.has(host as MemberName)) as MemberName[];
    },
  };
}

const both = (one: string, other: string): Way[] => [
  [one, other],
  [other, one],
];

/** Resets a link. @returns the hosts at its ends */
export function resetLink({ network, trace }: World, end: LinkEnd<unknown, unknown>): readonly string[] {
  const hosts = [end.owner.host, end.peer.owner.host];
  trace.fact('net', `resets the link ${hosts.join('-')}`);
  network.reset(end);
  return hosts;
}

const memberNames = (world: World): string[] => world.random.shuffled([...world.memberHosts.keys()]);

export const networkFaults: readonly FaultKind[] = [
  {
    name: 'reset-link',
    weight: 6,
    strike(world) {
      const ends = world.network.ends();
      if (ends.length === 0) return undefined;
      const hosts = resetLink(world, world.random.pick(ends));
      return hosts.filter((host) => world.memberHosts.has(host as MemberName)) as MemberName[];
    },
  },
  cutting('partition', 3, (world) => {
    const hosts = world.random.shuffled([...world.memberHosts.keys(), ...world.clientHosts.map(({ name }) => name)]);
    const one = hosts.slice(0, world.random.integer(1, hosts.length - 1));
    const others = hosts.filter((host) => !one.includes(host));
    return one.flatMap((host) => others.flatMap((other) => both(host, other)));
  }),
  cutting('one-way', 2, (world) => {
    const [from, to] = memberNames(world);
    return [[from!, to!]];
  }),
  cutting('partial', 2, (world) => {
    const [one, other] = memberNames(world);
    return both(one!, other!);
  }),
  cutting('isolation', 1, (world) => {
    const [one, ...others] = memberNames(world);
    return others.flatMap((other) => both(one!, other));
  }),
  cutting('client-cut', 2, (world) => {
    const client = world.random.pick(world.clientHosts).name;
    return memberNames(world)
      .slice(0, world.random.integer(1, world.memberHosts.size))
      .flatMap((member) => both(client, member));
  }),
  {
    name: 'slow-network',
    weight: 1,
    strike(world) {
      const { network, plan, random, scheduler, trace } = world;
      const lowMs = random.delayMs(1, plan.group.timing.suspectAfterMs / 4);
      trace.fact('net', `slow, from ${lowMs} ms`);
      network.latency = { lowMs, highMs: lowMs * random.real(1, 3), perKilobyteMs: 0.1 };
      scheduler.after(random.delayMs(10, 300), () => (network.latency = plan.latency));
      return [...world.memberHosts.keys()];
    },
  },
];
