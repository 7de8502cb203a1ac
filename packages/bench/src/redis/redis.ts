import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, BenchmarkContext, Scale } from '../benchmark.js';
import { LoadClient } from '../load/load-client.js';
import { Latency, median } from '../measure/latency.js';
import { measureProcessorTime } from '../measure/processor-time.js';
import { waitUntil } from '../measure/wait-until.js';
import { readVersion } from '../programs/installed-program.js';
import type { Table } from '../report/table.js';
import { lockstepDedicated, lockstepShared } from './lockstep-redis.js';
import type { RedisContender } from './redis-contender.js';
import { redisAlone, redisWait } from './redis-contenders.js';
import { readContents, redisServer } from './redis-server.js';
import { valueBytes } from './set-traffic.js';

const contenders = [redisAlone, redisWait, lockstepShared, lockstepDedicated];
const settleTimeoutMs = 30_000;

/** How many clients, each with how many SETs in flight. */
const loads = [
  { name: 'one connection', active: 1, depth: 1 },
  { name: '50 connections', active: 50, depth: 1 },
  { name: '50 connections, pipelined by 16', active: 50, depth: 16 },
] as const;

type Load = (typeof loads)[number];

interface Plan {
  /** How often each contender has its turn, with new servers each time. */
  readonly rounds: number;
  /** For how long new servers are under load, of 50 connections, before anything is measured: until V8 has compiled what runs often. */
  readonly heatUpMs: number;
  /** The same for each load, once they are hot. */
  readonly warmUpMs: number;
  readonly measureMs: number;
}

const plans: Readonly<Record<Scale, Plan>> = {
  short: { rounds: 1, heatUpMs: 200, warmUpMs: 100, measureMs: 200 },
  full: { rounds: 3, heatUpMs: 12_000, warmUpMs: 2000, measureMs: 4000 },
};

/** What the rounds of one contender brought, for one load. */
class Results {
  readonly rates: number[] = [];
  readonly processorUs: number[] = [];
  readonly latency = new Latency();
}

/** Values that survive. */
export const redis: Benchmark = {
  name: 'redis',
  description:
    'SET through both interceptors into three unmodified Redis servers, beside Redis and its own replication',
  run: async (context) => {
    const plan = plans[context.scale];
    const present = contenders.filter(({ obstacle }) => obstacle === undefined);
    const results = new Map(
      present.map((contender) => [contender, new Map(loads.map((load) => [load, new Results()]))]),
    );
    for (let round = 1; round <= plan.rounds; round++) {
      for (const [contender, byLoad] of results) {
        context.progress(`round ${round} of ${plan.rounds}: ${contender.name}`);
        await runRound(contender, byLoad, plan, makeFolder(context, `${contender.name}-${round}`));
      }
    }
    const notes = await describeAll(plan);
    return loads.map((load, index) => {
      const ofLoad = new Map([...results].map(([{ name }, byLoad]) => [name, byLoad.get(load)!]));
      return tableOf(load, ofLoad, index === 0 ? notes : []);
    });
  },
};

function makeFolder({ folder }: BenchmarkContext, name: string): string {
  const path = join(folder, name.replaceAll(/\W+/g, '-'));
  mkdirSync(path);
  return path;
}

async function runRound(
  contender: RedisContender,
  byLoad: ReadonlyMap<Load, Results>,
  { heatUpMs, warmUpMs, measureMs }: Plan,
  folder: string,
): Promise<void> {
  const setup = await contender.start(folder);
  const clients = new LoadClient();
  try {
    const connections = Math.max(...loads.map(({ active }) => active));
    await clients.open(setup.clientPort, connections, contender.traffic);
    await clients.closedLoop({ active: connections, depth: 1, warmUpMs: heatUpMs, measureMs: warmUpMs });
    const pids = [clients.pid, ...(await setup.pids())];
    for (const [{ active, depth }, results] of byLoad) {
      const [processorMs, { requestsPerSecond, latency }] = await Promise.all([
        measureProcessorTime(pids, warmUpMs, measureMs),
        clients.closedLoop({ active, depth, warmUpMs, measureMs }),
      ]);
      results.rates.push(requestsPerSecond);
      results.processorUs.push((processorMs * 1e6) / (requestsPerSecond * measureMs));
      results.latency.add(latency);
    }
    await untilSame(contender.name, setup.serverPorts);
  } finally {
    await clients.stop();
    await setup.stop();
  }
}

/** Every server must come to hold the same: those behind may still have something to do. */
async function untilSame(name: string, ports: readonly number[]): Promise<void> {
  await waitUntil(`The servers of ${name} hold the same`, settleTimeoutMs, async () => {
    const contents = await Promise.all(ports.map(readContents));
    return contents.every((content) => content === contents[0]) || undefined;
  });
}

function tableOf({ name: title }: Load, results: ReadonlyMap<string, Results>, notes: readonly string[]): Table {
  const base = results.get(redisWait.name);
  const baseRate = base && median(base.rates);
  return {
    title: `redis: SET of ${valueBytes} bytes, ${title}`,
    columns: [
      { heading: 'servers' },
      { heading: 'SETs/s' },
      { heading: '× WAIT 2', decimals: 2 },
      { heading: 'p50 µs' },
      { heading: 'p99 µs' },
      { heading: 'processor µs/SET', decimals: 1 },
    ],
    rows: [...results].map(([name, { rates, processorUs, latency }]) => {
      const { p50Us, p99Us } = latency.summary();
      const rate = median(rates);
      return [name, rate, baseRate && rate / baseRate, p50Us, p99Us, median(processorUs)];
    }),
    notes,
  };
}

async function describeAll({ rounds, heatUpMs, warmUpMs, measureMs }: Plan): Promise<string[]> {
  return [
    `Median of ${rounds} rounds of ${measureMs} ms behind ${warmUpMs} ms of warm-up, in turns, each with new servers, which are ` +
      `under load for ${heatUpMs + warmUpMs} ms before that; the times are those of a whole pipeline.`,
    ...(redisServer === undefined
      ? []
      : [`redis-server ${await readVersion(redisServer, '--version')}, nothing saved.`]),
    'After each round all servers of a contender held the same keys and values, by DBSIZE and DEBUG DIGEST.',
    ...contenders.map(({ name, description, obstacle }) =>
      obstacle === undefined ? `${name}: ${description}.` : `${name}: absent, ${obstacle}.`,
    ),
  ];
}
