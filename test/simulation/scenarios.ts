import type { Scenario, World } from '@lockstep/testkit/simulator';

/** The scripted worlds whose transcripts are kept, by the name of the file. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'sequencer-killed': {
    services: ['a', 'b', 'c'],
    events: [{ atMs: 61, run: (world) => world.kill(member(world, 'a'), 'killed') }],
    untilMs: 110,
  },
  join: {
    services: ['a', 'b', 'c'],
    events: [
      { atMs: 50, run: (world) => world.kill(member(world, 'c'), 'killed') },
      { atMs: 70, run: (world) => world.startMember(host(world, 'c')) },
    ],
    untilMs: 150,
  },
  'graceful-leave': {
    services: ['a', 'b', 'c'],
    events: [{ atMs: 61, run: (world) => leave(world, 'a') }],
    untilMs: 110,
  },
  'two-members-and-witness': {
    services: ['a', 'b'],
    witness: 'w',
    events: [{ atMs: 61, run: (world) => world.kill(member(world, 'a'), 'killed') }],
    untilMs: 110,
  },
  'partial-partition': {
    services: ['a', 'b', 'c'],
    restartAfterMs: 5,
    events: [
      { atMs: 50, run: (world) => cut(world, 'a', 'b') },
      { atMs: 150, run: (world) => world.network.healAll() },
    ],
    untilMs: 200,
  },
};

function host(world: World, name: string): NonNullable<ReturnType<World['memberHosts']['get']>> {
  return world.memberHosts.get(name as never)!;
}

function member(world: World, name: string): World['members'][number] {
  return host(world, name).process!;
}

function leave(world: World, name: string): void {
  const process = member(world, name);
  world.chronicle.disturbed.add(process.name);
  process.post(() => process.replica!.leave());
}

function cut(world: World, one: string, other: string): void {
  world.chronicle.disturbed.add(member(world, other).name);
  world.network.block(one, other);
  world.network.block(other, one);
}
