import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { echoTraffic, localHosts, startEchoGroup } from '../echo/echo-group.js';
import { LoadClient, type LoadResult } from '../load/load-client.js';
import type { LockstepGroup } from '../lockstep/lockstep-group.js';
import { type Memory, memoryProbe, readMemory } from '../measure/memory.js';
import type { Cell, Table } from '../report/table.js';
import { type LoadPlan, messageBytes, runLoad } from './load-plan.js';

const replicaCount = 3;
const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
/** With fewer, what a connection takes is lost in what everything else takes. */
const measurableMin = 1000;

/** What one number of connections has brought. */
interface ConnectionResult {
  readonly connections: number;
  readonly client: Growth;
  /** The mean of the replicas. */
  readonly service: Growth;
  readonly opening: LoadResult;
  readonly single: LoadResult;
  readonly crowd: LoadResult;
}

/** What a process took before and after. */
interface Growth {
  readonly before: Memory;
  readonly after: Memory;
}

/** Opens connections over one client interceptor, and measures what they cost while all, or all but a few, are idle. */
export async function measureConnections(
  folder: string,
  connections: number,
  plan: LoadPlan,
): Promise<ConnectionResult> {
  const ownFolder = join(folder, `${connections}-connections`);
  mkdirSync(ownFolder);
  const group = await startEchoGroup(ownFolder, localHosts(replicaCount), {
    gate: 'none',
    nodeOptions: memoryProbe(ownFolder),
  });
  const clients = new LoadClient();
  try {
    await group.untilWhole();
    // What all connections share comes with the first ones, and compiled code with some load.
    await clients.open(group.clientAddress, plan.active, echoTraffic(messageBytes));
    await runLoad(clients, plan.active, plan);
    const before = await readAll(ownFolder, group);
    const opening = await clients.open(group.clientAddress, connections, echoTraffic(messageBytes));
    const after = await readAll(ownFolder, group);
    const single = await runLoad(clients, 1, plan);
    const crowd = await runLoad(clients, plan.active, plan);
    return {
      ...{ connections, opening, single, crowd },
      client: { before: before.client, after: after.client },
      service: { before: meanOf(before.services), after: meanOf(after.services) },
    };
  } finally {
    await clients.stop();
    await group.stop();
  }
}

export function memoryTable(results: readonly ConnectionResult[]): Table {
  const each = (connections: number, { before, after }: Growth, of: keyof Memory): Cell =>
    connections < measurableMin ? undefined : (after[of] - before[of]) / connections / kibibyte;
  return {
    title: 'scale: memory of idle connections, 3 replicas, connections dedicated',
    columns: [
      { heading: 'connections' },
      { heading: 'client interceptor MiB' },
      { heading: 'KiB each', decimals: 1 },
      { heading: 'of it live', decimals: 1 },
      { heading: 'service interceptor MiB' },
      { heading: 'KiB each', decimals: 1 },
      { heading: 'of it live', decimals: 1 },
    ],
    rows: results.map(({ connections, client, service }) => [
      `Lockstep, ${connections.toLocaleString('en-US')}`,
      client.after.residentBytes / mebibyte,
      each(connections, client, 'residentBytes'),
      each(connections, client, 'liveBytes'),
      service.after.residentBytes / mebibyte,
      each(connections, service, 'residentBytes'),
      each(connections, service, 'liveBytes'),
    ]),
    notes: [
      'Resident memory after garbage collection, and how much it grew for each connection; live is what objects and buffers take ' +
        'of that. The kernel keeps its buffers of sockets elsewhere.',
      'To reach: 16 KiB each in each process; to aim for: 6 KiB.',
      'A process needs a file descriptor for each connection on either side of it: see `ulimit -n`.',
    ],
  };
}

export function activityTable(results: readonly ConnectionResult[], { active }: LoadPlan): Table {
  return {
    title: 'scale: a few active connections among many idle ones',
    columns: [
      { heading: 'connections' },
      { heading: 'opened/s' },
      { heading: '1 active, p50 µs' },
      { heading: 'p99 µs' },
      { heading: `${active} active, requests/s` },
      { heading: 'p50 µs' },
      { heading: 'p99 µs' },
    ],
    rows: results.map(({ connections, opening, single, crowd }) => {
      const [one, many] = [single.latency.summary(), crowd.latency.summary()];
      const name = `Lockstep, ${connections.toLocaleString('en-US')}`;
      return [
        ...[name, opening.requestsPerSecond, one.p50Us, one.p99Us],
        ...[crowd.requestsPerSecond, many.p50Us, many.p99Us],
      ];
    }),
    notes: [
      `Messages of ${messageBytes} bytes to an echo service, one in flight on each active connection. Connections have nothing to do ` +
        'with each other in this service, so the gate is none.',
    ],
  };
}

async function readAll(
  folder: string,
  { client, services }: LockstepGroup,
): Promise<{ readonly client: Memory; readonly services: readonly Memory[] }> {
  const [first, ...others] = await Promise.all([client, ...services].map(({ pid }) => readMemory(folder, pid)));
  return { client: first!, services: others };
}

function meanOf(memories: readonly Memory[]): Memory {
  const mean = (of: keyof Memory): number => memories.reduce((sum, memory) => sum + memory[of], 0) / memories.length;
  return { residentBytes: mean('residentBytes'), liveBytes: mean('liveBytes') };
}
