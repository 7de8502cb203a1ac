import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, BenchmarkContext, Scale } from '../benchmark.js';
import { LoadClient } from '../load/load-client.js';
import { Latency, median } from '../measure/latency.js';
import { measureProcessorTime } from '../measure/processor-time.js';
import { waitUntil } from '../measure/wait-until.js';
import { readVersion } from '../programs/installed-program.js';
import type { Table } from '../report/table.js';
import { lockstepDedicated, lockstepShared, lockstepTcp, lockstepUnix } from './lockstep-redis.js';
import type { RedisContender, RedisSetup } from './redis-contender.js';
import { redisAlone, redisWait, redisWaitUnix } from './redis-contenders.js';
import { readContents, redisServer } from './redis-server.js';
import { valueBytes } from './set-traffic.js';

const contenders = [redisAlone, redisWaitUnix, redisWait, lockstepUnix, lockstepShared, lockstepTcp, lockstepDedicated];
const settleTimeoutMs = 30_000;
/** Clients of each contender. */
const connections = 50;

/** How many clients, each with how many SETs in flight. */
const loads = [
  { name: 'one connection', active: 1, depth: 1 },
  { name: '50 connections', active: connections, depth: 1 },
  { name: '50 connections, pipelined by 16', active: connections, depth: 16 },
] as const;

type Load = (typeof loads)[number];

interface Plan {
  /** How often all contenders are started anew. */
  readonly rounds: number;
  /** How often each contender has its turn in a round, for each load; the others are idle meanwhile. */
  readonly turns: number;
  /** For how long new servers are under load, of 50 connections, before anything is measured: until V8 has compiled what runs often. */
  readonly heatUpMs: number;
  /** Of each turn, until the processor's caches hold what it needs. */
  readonly warmUpMs: number;
  readonly measureMs: number;
}

const plans: Readonly<Record<Scale, Plan>> = {
  short: { rounds: 1, turns: 1, heatUpMs: 200, warmUpMs: 100, measureMs: 200 },
  full: { rounds: 3, turns: 6, heatUpMs: 14_000, warmUpMs: 250, measureMs: 1000 },
};

/** What the turns of one contender brought, for one load. */
class Results {
  readonly rates: number[] = [];
  readonly processorUs: number[] = [];
  readonly latency = new Latency();
}

/** A contender that runs. */
interface Runner {
  readonly contender: RedisContender;
  readonly setup: RedisSetup;
  readonly clients: LoadClient;
}

/** Values that survive. */
export const redis: Benchmark = {
  name: 'redis',
  description:
    'SET through both interceptors into three unmodified Redis servers, beside Redis and its own replication',
  run: async (context) => {
    const plan = plans[context.scale];
    const present = contenders.filter(({ obstacle }) => obstacle === undefined);
    const results = new Map(loads.map((load) => [load, new Map(present.map(({ name }) => [name, new Results()]))]));
    for (let round = 1; round <= plan.rounds; round++) {
      context.progress(`round ${round} of ${plan.rounds}`);
      await runRound(present, results, plan, (name) => makeFolder(context, `${name}-${round}`));
    }
    const notes = await describeAll(plan);
    return loads.map((load, index) => tableOf(load, results.get(load)!, index === 0 ? notes : []));
  },
};

function makeFolder({ folder }: BenchmarkContext, name: string): string {
  const path = join(folder, name.replaceAll(/\W+/g, '-'));
  mkdirSync(path);
  return path;
}

/** All contenders run at once, and have their turns: what disturbs the machine for a while disturbs all of them. */
async function runRound(
  present: readonly RedisContender[],
  results: ReadonlyMap<Load, ReadonlyMap<string, Results>>,
  plan: Plan,
  makeFolderOf: (name: string) => string,
): Promise<void> {
  const runners: Runner[] = [];
  try {
    for (const contender of present) {
      const setup = await contender.start(makeFolderOf(contender.name));
      const clients = new LoadClient();
      runners.push({ contender, setup, clients });
      await clients.open(setup.clientAddress, connections, contender.traffic);
      await clients.closedLoop({ active: connections, depth: 1, warmUpMs: 0, measureMs: plan.heatUpMs });
    }
    for (const [load, byName] of results) {
      for (let turn = 0; turn < plan.turns; turn++) {
        for (const runner of turn % 2 === 0 ? runners : runners.toReversed())
          await measure(runner, load, plan, byName.get(runner.contender.name)!);
      }
    }
    for (const { contender, setup } of runners) await untilSame(contender.name, setup.serverPorts);
  } finally {
    for (const { clients, setup } of runners) {
      await clients.stop();
      await setup.stop();
    }
  }
}

async function measure(
  { clients, setup }: Runner,
  { active, depth }: Load,
  { warmUpMs, measureMs }: Plan,
  results: Results,
): Promise<void> {
  const pids = [clients.pid, ...(await setup.pids())];
  const [processorMs, { requestsPerSecond, latency }] = await Promise.all([
    measureProcessorTime(pids, warmUpMs, measureMs),
    clients.closedLoop({ active, depth, warmUpMs, measureMs }),
  ]);
  results.rates.push(requestsPerSecond);
  results.processorUs.push((processorMs * 1e6) / (requestsPerSecond * measureMs));
  results.latency.add(latency);
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
      const ratio = base && median(rates.map((rate, turn) => rate / base.rates[turn]!));
      return [name, median(rates), ratio, p50Us, p99Us, median(processorUs)];
    }),
    notes,
  };
}

async function describeAll({ rounds, turns, heatUpMs, warmUpMs, measureMs }: Plan): Promise<string[]> {
  return [
    `Medians of ${rounds * turns} turns of ${measureMs} ms behind ${warmUpMs} ms of warm-up: ${rounds} rounds, each with new ` +
      `servers, which are under load for ${heatUpMs} ms before that; in a round all run, and take turns under load. × WAIT 2 is ` +
      'the median of the quotients of turns next to each other. The times are those of a whole pipeline.',
    ...(redisServer === undefined
      ? []
      : [`redis-server ${await readVersion(redisServer, '--version')}, nothing saved.`]),
    'After each round all servers of a contender held the same keys and values, by DBSIZE and DEBUG DIGEST.',
    ...contenders.map(({ name, description, obstacle }) =>
      obstacle === undefined ? `${name}: ${description}.` : `${name}: absent, ${obstacle}.`,
    ),
  ];
}
