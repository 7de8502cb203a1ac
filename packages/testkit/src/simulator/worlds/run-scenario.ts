import type { MemberName } from '@lockstep/contracts';
import type { ClientScript } from '../clients/client-script.js';
import { setLimits } from './small-limits.js';
import { runFor } from './calm.js';
import { World } from './world.js';
import { drawPlan, type WorldPlan } from './world-plan.js';

/** A scripted world without chance: who is there, and what happens when. */
export interface Scenario {
  readonly services: readonly string[];
  readonly witness?: string;
  /** Members that are started by an event instead of at the beginning. */
  readonly absent?: readonly string[];
  /** After what time the dead return; undefined if they do not. */
  readonly restartAfterMs?: number;
  readonly events: readonly { readonly atMs: number; readonly run: (world: World) => void }[];
  readonly untilMs: number;
}

/** What only repeats another line, or fills silence. */
const noise =
  /(tick|heartbeat|# stable|# view|submit \d+( bytes)?|taken \S+ \d+|receipt v\d+ received \d+ executed \d+ stable \d+)$/;

/** One request after the other, with a pause in between. */
const script: ClientScript = {
  ...{ requests: 1000, depth: 1, thinkMs: [40, 40], ending: 'stay', bigReplyBytes: 0, readPace: undefined },
};

/**
 * Plays a scenario, with all invariants checked.
 *
 * @returns what happened, line by line, without what only repeats another line or fills silence
 * @throws Violation if something is not as it must be
 */
export function runScenario(scenario: Scenario): string[] {
  const lines: string[] = [];
  const plan = planOf(scenario);
  setLimits(plan.limits);
  const world = new World(plan, (line) => {
    if (!noise.test(line)) lines.push(line);
  });
  world.start(scenario.absent as MemberName[] | undefined);
  for (const { atMs, run } of scenario.events) world.scheduler.at(atMs, () => run(world));
  runFor(world, scenario.untilMs);
  return lines;
}

function planOf({ services, witness, restartAfterMs = 60_000 }: Scenario): WorldPlan {
  const names = services as readonly MemberName[];
  const members = names.map((name) => ({ name, witness: false }));
  if (witness !== undefined) members.push({ name: witness as MemberName, witness: true });
  const plan = drawPlan(0);
  const timing = { suspectAfterMs: 60, heartbeatMs: 20, laggardAfterMs: 100 };
  const bounds = { connectionWindowBytes: 64 * 1024, processCacheBytes: 1024 * 1024, maxConnections: 100 };
  return {
    ...plan,
    ...{ isSteady: true, limits: 'usual', bootstrap: undefined, clientHosts: 1, clientsPerHost: 1, script },
    group: { ...plan.group, members, timing, fence: false },
    replica: { ...plan.replica, ...timing, ...bounds, expireClientAfterMs: 500 },
    client: { ...timing, ...bounds, members: names, giveUpAfterMs: 60_000 },
    latency: { lowMs: 1, highMs: 1, perKilobyteMs: 0 },
    servicePace: { thinkMs: [0.1, 0.1], outputMs: [0.1, 0.1], chunkBytesMax: 2000 },
    linkBytesMax: 64_000,
    restartMs: [restartAfterMs, restartAfterMs],
    faults: [],
  };
}
