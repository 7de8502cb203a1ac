import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { MemberStatus } from '@lockstep/core';
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
  /** One in flight, for as long as after the blow, but right before it: what the machine itself does to a client. */
  readonly calm: Latency;
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
  const stalls = { calm: new Latency(), oneInFlight: new Latency(), paced: new Latency() };
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
      const victim = await arrange(group, fault);
      stalls.calm.record((await watch(clients)).oneInFlightMs);
      const { oneInFlightMs, pacedMs } = await strike(group, clients, victim, fault, network);
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
  victim: MemberStatus,
  fault: Fault,
  network: HostNetwork | undefined,
): Promise<StallAnswer> {
  const host = group.hostOf(victim);
  const answer = await watch(clients, () => (fault.silent ? network!.cut(host) : group.killService(victim)));
  if (fault.silent) {
    await group.killService(victim);
    await network!.mend(host);
  }
  group.restartService(victim);
  return answer;
}

/** The longest that a request takes from the blow on, which comes when all is well; there need not be one. */
async function watch(
  clients: Worker<StallOrder, StallAnswer>,
  blow: () => Promise<void> = () => Promise.resolve(),
): Promise<StallAnswer> {
  await clients.ask({ kind: 'begin' });
  await blow();
  await pause(watchMs);
  return clients.ask({ kind: 'end' });
}
