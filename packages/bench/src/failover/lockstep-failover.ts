import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { localHosts, startEchoGroup } from '../echo/echo-group.js';
import type { LockstepGroup } from '../lockstep/lockstep-group.js';
import { Latency } from '../measure/latency.js';
import type { HostNetwork } from '../network/host-network.js';
import { loopback } from '../network/host.js';
import { Worker } from '../programs/worker.js';
import { arrange, type Fault } from './faults.js';
import type { StallAnswer, StallOrder } from './stall-order.js';

const stallProgram = new URL('stall-program.js', import.meta.url);

const replicaCount = 3;
/** A replica that comes back executes everything again, so a group does not live through too many. */
const killsPerGroup = 25;
/** For how long clients are watched after the blow: whatever follows from it is long over. */
const watchMs = 500;

/** The longest that a request took, once for each blow. */
export interface Stalls {
  readonly oneInFlight: Latency;
  readonly paced: Latency;
}

/** Deals a group the same blow again and again; in between it is whole again. */
export async function measureStalls(
  folder: string,
  fault: Fault,
  blows: number,
  network: HostNetwork | undefined,
  progress: (sentence: string) => void,
): Promise<Stalls> {
  const stalls = { oneInFlight: new Latency(), paced: new Latency() };
  for (let done = 0; done < blows; done += killsPerGroup) {
    progress(`${fault.name}: ${done} of ${blows}`);
    const ownFolder = join(folder, `${fault.name}-${done}`.replaceAll(/\W+/g, '-'));
    mkdirSync(ownFolder);
    await strikeGroup(ownFolder, fault, Math.min(killsPerGroup, blows - done), network, stalls);
  }
  return stalls;
}

async function strikeGroup(
  folder: string,
  fault: Fault,
  blows: number,
  network: HostNetwork | undefined,
  stalls: Stalls,
): Promise<void> {
  const [clientHost = loopback, ...replicaHosts] = network?.hosts ?? [];
  const group = await startEchoGroup(folder, network === undefined ? localHosts(replicaCount) : replicaHosts, {
    clientHost,
    gate: 'none',
  });
  const clients = new Worker<StallOrder, StallAnswer>(stallProgram, [clientHost.address, `${group.clientPort}`]);
  try {
    for (let blow = 0; blow < blows; blow++) {
      const { oneInFlightMs, pacedMs } = await strike(group, clients, fault, network);
      stalls.oneInFlight.record(oneInFlightMs);
      stalls.paced.record(pacedMs);
    }
  } finally {
    await clients.stop();
    await group.stop();
  }
}

async function strike(
  group: LockstepGroup,
  clients: Worker<StallOrder, StallAnswer>,
  fault: Fault,
  network: HostNetwork | undefined,
): Promise<StallAnswer> {
  const victim = await arrange(group, fault);
  await clients.ask({ kind: 'begin' });
  const host = group.hostOf(victim);
  if (fault.silent) await network!.cut(host);
  else await group.killService(victim);
  await pause(watchMs);
  const answer = await clients.ask({ kind: 'end' });
  if (fault.silent) {
    await group.killService(victim);
    await network!.mend(host);
  }
  group.restartService(victim);
  return answer;
}
