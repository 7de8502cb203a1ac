import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark, Scale } from '../benchmark.js';
import { echoTraffic, localHosts, startEchoGroup } from '../echo/echo-group.js';
import { LoadClient, type LoadResult } from '../load/load-client.js';
import type { LockstepGroup } from '../lockstep/lockstep-group.js';
import { residentBytesOf } from '../measure/memory.js';
import type { Table } from '../report/table.js';
import { type Sample, trendOf } from './trend.js';

const replicaCount = 3;
const connections = 50;
const messageBytes = 1000;
const mebibyte = 1024 * 1024;
/** It is full after the warm-up: then old entries are dropped as fast as new ones come, as in a group that is old. */
const historyMebibytes = 32;

interface Plan {
  readonly capacityMs: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  readonly sampleMs: number;
  /** What counts as flat, in per cent of the level per minute; undefined if the time is too short to tell. */
  readonly flatPercentPerMinute: number | undefined;
}

const plans: Readonly<Record<Scale, Plan>> = {
  short: { capacityMs: 300, warmUpMs: 500, durationMs: 1000, sampleMs: 200, flatPercentPerMinute: undefined },
  full: { capacityMs: 5000, warmUpMs: 120_000, durationMs: 600_000, sampleMs: 2000, flatPercentPerMinute: 0.5 },
};

/** Whether memory stays what it is. */
export const soak: Benchmark = {
  name: 'soak',
  description: 'ten minutes at half of the capacity: whether the memory of any interceptor grows',
  run: async (context) => [await measureSoak(context.folder, plans[context.scale], context.progress)],
};

/** @param folder an empty folder */
export async function measureSoak(folder: string, plan: Plan, progress: (sentence: string) => void): Promise<Table> {
  const group = await startEchoGroup(folder, localHosts(replicaCount), {
    gate: 'none',
    limits: { historyBytes: `${historyMebibytes} MiB` },
  });
  const clients = new LoadClient();
  try {
    await group.untilWhole();
    await clients.open(group.clientAddress, connections, echoTraffic(messageBytes));
    const capacity = await clients.closedLoop({
      ...{ active: connections, depth: 1 },
      ...{ warmUpMs: plan.capacityMs, measureMs: plan.capacityMs },
    });
    const pace = { active: connections, requestsPerSecond: capacity.requestsPerSecond / 2 };
    progress(`${Math.round(pace.requestsPerSecond)} requests/s, warming up`);
    await clients.paced({ ...pace, durationMs: plan.warmUpMs });
    progress(`measuring for ${plan.durationMs / 1000} s`);
    const load = clients.paced({ ...pace, durationMs: plan.durationMs });
    const samples = await sampleUntil(load, group, plan.sampleMs);
    return tableOf(samples, capacity, await load, plan);
  } finally {
    await clients.stop();
    await group.stop();
  }
}

/** Takes down the resident memory of each process, by its name, until the load is over. */
async function sampleUntil(
  load: Promise<unknown>,
  { client, services }: LockstepGroup,
  sampleMs: number,
): Promise<ReadonlyMap<string, Sample[]>> {
  const processes = [
    { name: 'client interceptor', pid: client.pid, samples: [] as Sample[] },
    ...services.map(({ pid }, rank) => ({
      ...{ name: `service interceptor, rank ${rank}`, pid, samples: [] as Sample[] },
    })),
  ];
  let isOver = false;
  const over = load.finally(() => (isOver = true));
  while (!isOver) {
    for (const { pid, samples } of processes) samples.push({ atMs: performance.now(), value: residentBytesOf(pid) });
    await Promise.race([pause(sampleMs), over]);
  }
  return new Map(processes.map(({ name, samples }) => [name, samples]));
}

function tableOf(
  samples: ReadonlyMap<string, readonly Sample[]>,
  capacity: LoadResult,
  { requestsPerSecond, latency }: LoadResult,
  { durationMs, flatPercentPerMinute }: Plan,
): Table {
  const { p50Us, p99Us, maxUs } = latency.summary();
  return {
    title: `soak: resident memory, ${durationMs / 1000} seconds at half of the capacity`,
    columns: [
      { heading: 'process' },
      { heading: 'after warm-up MiB', decimals: 1 },
      { heading: 'at the end MiB', decimals: 1 },
      { heading: 'MiB/min', decimals: 2 },
      { heading: 'highest MiB', decimals: 1 },
      { heading: 'flat' },
    ],
    rows: [...samples].map(([name, values]) => {
      const { from, to, perMinute } = trendOf(values);
      const highest = Math.max(...values.map(({ value }) => value));
      const isFlat = flatPercentPerMinute === undefined ? undefined : perMinute < (from * flatPercentPerMinute) / 100;
      const flat = isFlat === undefined ? undefined : isFlat ? 'yes' : 'no';
      return [`Lockstep, ${name}`, ...[from, to, perMinute, highest].map((bytes) => bytes / mebibyte), flat];
    }),
    notes: [
      `${connections} connections, messages of ${messageBytes} bytes to an echo service, gate none: ` +
        `${Math.round(requestsPerSecond)} requests/s, of ${Math.round(capacity.requestsPerSecond)} at most; from when each was ` +
        `due, p50 ${Math.round(p50Us)} µs, p99 ${Math.round(p99Us)} µs, at most ${Math.round(maxUs / 1000)} ms.`,
      `The log of the order is limited to ${historyMebibytes} MiB, so that it is full when the warm-up is over.`,
      'The first two figures and the slope are those of a straight line through the samples.' +
        (flatPercentPerMinute === undefined ? '' : ` Flat: grows by less than ${flatPercentPerMinute} % a minute.`),
    ],
  };
}
