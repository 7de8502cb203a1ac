import type { MemberName } from '@lockstep/contracts';
import type { MemberProcess } from '../processes/member-process.js';
import type { World } from '../worlds/world.js';
import type { FaultKind } from './fault-kinds.js';

/** A fault of one member's process or host. */
function ofMember(
  name: string,
  weight: number,
  strike: (process: MemberProcess, world: World) => boolean | void,
): FaultKind {
  return {
    name,
    weight,
    strike(world) {
      const { members } = world;
      if (members.length === 0) return undefined;
      const process = world.random.pick(members);
      if (strike(process, world) === false) return undefined;
      return [process.name];
    },
  };
}

function killAll(world: World, processes: readonly MemberProcess[]): MemberName[] {
  for (const process of processes) world.kill(process, world.random.chance(0.8) ? 'killed' : 'power-lost');
  for (const { name } of processes) {
    const host = world.memberHosts.get(name)!;
    if (!host.isPowered) world.scheduler.after(world.random.delayMs(10, 200), () => world.powerOn(host));
  }
  return processes.map(({ name }) => name);
}

export const memberFaults: readonly FaultKind[] = [
  ofMember('kill', 4, (process, world) => world.kill(process, 'killed')),
  ofMember('kill-in-turn', 4, (process, { random }) => process.killAfterEffects(random.integer(0, 8))),
  ofMember('power-loss', 2, (process, world) => {
    world.kill(process, 'power-lost');
    const host = world.memberHosts.get(process.name)!;
    world.scheduler.after(world.random.delayMs(10, 400), () => world.powerOn(host));
  }),
  ofMember('pause', 3, (process, { plan, random, scheduler, trace }) => {
    if (!process.isRunning) return false;
    const { suspectAfterMs } = plan.group.timing;
    const forMs = random.chance(0.5) ? random.delayMs(1, suspectAfterMs) : random.delayMs(1, 6 * suspectAfterMs);
    trace.fact(process.id, `paused for ${forMs} ms`);
    process.pause();
    scheduler.after(forMs, () => process.resume());
    return true;
  }),
  ofMember('slow', 2, (process, world) => {
    const slowMs = world.random.delayMs(0.5, 12);
    world.trace.fact(process.id, `slow by ${slowMs} ms a turn`);
    process.slowMs = slowMs;
    world.scheduler.after(world.random.delayMs(30, 300), () => (process.slowMs = 0));
  }),
  ofMember('slow-service', 2, ({ id, replica }, world) => {
    if (replica === undefined) return false;
    const [lowMs, highMs] = world.plan.servicePace.thinkMs;
    const factor = world.random.integer(3, 100);
    world.trace.fact(id, `has a service ${factor} times slower`);
    replica.service.pace = { ...world.plan.servicePace, thinkMs: [lowMs * factor, highMs * factor] };
    world.scheduler.after(world.random.delayMs(50, 800), () => (replica.service.pace = world.plan.servicePace));
    return true;
  }),
  ofMember('service-crash', 2, (process, world) => {
    if (process.replica === undefined || !process.isRunning) return false;
    world.trace.fact(process.id, 'its service crashes');
    world.marks.hit('service-crashed');
    process.post(() => process.replica!.serviceDied());
    endAfterLeaving(process, world);
    return true;
  }),
  ofMember('leave', 2, (process, world) => {
    if (!process.isRunning) return false;
    world.trace.fact(process.id, 'is told to leave');
    process.post(() => {
      if (process.replica === undefined) process.give({ kind: 'leave' });
      else process.replica.leave();
    });
    endAfterLeaving(process, world);
    return true;
  }),
  {
    name: 'kill-two',
    weight: 2,
    strike(world) {
      const { members, random } = world;
      if (members.length < 2) return undefined;
      return killAll(world, random.shuffled(members).slice(0, 2));
    },
  },
  {
    name: 'kill-all',
    weight: 0.2,
    strike: (world) => (world.members.length === 0 ? undefined : killAll(world, world.members)),
  },
  {
    name: 'kill-client',
    weight: 2,
    strike(world) {
      const { process } = world.random.pick(world.clientHosts);
      if (process === undefined) return undefined;
      if (world.random.chance(0.5)) world.kill(process, 'killed');
      else process.killAfterEffects(world.random.integer(0, 8));
      return [];
    },
  },
  {
    name: 'pause-client',
    weight: 1,
    strike(world) {
      const { process } = world.random.pick(world.clientHosts);
      if (process?.isRunning !== true) return undefined;
      const forMs = world.random.delayMs(5, 3 * world.plan.replica.expireClientAfterMs);
      world.trace.fact(process.id, `paused for ${forMs} ms`);
      process.pause();
      world.scheduler.after(forMs, () => process.resume());
      return [];
    },
  },
];

/** A member that the group does not let go in time ends all the same, as the product does. */
function endAfterLeaving(process: MemberProcess, world: World): void {
  world.scheduler.after(4 * world.plan.group.timing.suspectAfterMs, () => {
    if (process.isAlive) world.kill(process, 'ended');
  });
}
