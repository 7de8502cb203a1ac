import type { World } from '../worlds/world.js';

/** Lets faults of the world's kinds happen for the time of its storm. */
export function beginStorm(world: World): void {
  const { chronicle, plan, random, scheduler } = world;
  if (plan.faults.length === 0) return;
  const weighted = plan.faults.map((kind) => [kind, kind.weight] as const);
  const next = (): void => {
    scheduler.after(random.delayMs(0, 2 * plan.faultEveryMs), () => {
      if (world.isCalm) return;
      const touched = random.pickWeighted(weighted).strike(world) ?? [];
      for (const name of touched) chronicle.disturbed.add(name);
      next();
    });
  };
  next();
}

/** Ends all faults: ways open, power on, everybody runs and reads at full speed. The dead return by themselves. */
export function endStorm(world: World): void {
  const { network, plan } = world;
  world.isCalm = true;
  world.trace.fact('world', 'the storm is over');
  network.latency = plan.latency;
  network.healAll();
  for (const host of [...world.memberHosts.values(), ...world.clientHosts]) {
    world.powerOn(host);
    host.process?.resume();
    if (host.process !== undefined) host.process.slowMs = 0;
  }
  for (const client of world.clients) client.hurry();
  for (const { replica } of world.members) if (replica !== undefined) replica.service.pace = plan.servicePace;
}
