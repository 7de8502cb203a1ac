import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, BenchmarkContext, Scale } from '../benchmark.js';
import { Latency, type LatencySummary } from '../measure/latency.js';
import { HostNetwork } from '../network/host-network.js';
import { loopback } from '../network/host.js';
import { readVersion } from '../programs/installed-program.js';
import { nodeCommand } from '../programs/program.js';
import type { Table } from '../report/table.js';
import { haproxy } from './haproxy.js';
import type { PingAnswer, PingOrder, PingTimes } from './ping-order.js';
import { direct, Routes, type Sites, twoHaproxyHops } from './routes.js';

const run = promisify(execFile);
const pingProgram = new URL('ping-program.js', import.meta.url);
const replicaCount = 3;
const rate = '100mbit';

interface Plan {
  /** Turns of each route before any count: until V8 has compiled what runs often in every program on the way. */
  readonly heatUpTurns: number;
  /** Turns of each route, for each size. */
  readonly turns: number;
  /** Turns of each before them. */
  readonly warmUpTurns: number;
  readonly turnMs: number;
  readonly settleMs: number;
}

const heatUpBytes = 100;
const messageSizes = [100, 1000, 10_000, 100_000] as const;
const plans: Readonly<Record<Scale, Plan>> = {
  short: { heatUpTurns: 1, turns: 1, warmUpTurns: 1, turnMs: 60, settleMs: 10 },
  full: { heatUpTurns: 2, turns: 3, warmUpTurns: 1, turnMs: 4000, settleMs: 2000 },
};

/** The tables 1 and 2 of the paper. */
export const pingpong: Benchmark = {
  name: 'pingpong',
  description: 'a message to an echo service and back, through both interceptors, beside plain hops',
  run: async (context) => {
    const notes = [
      haproxy === undefined ? 'HAProxy: absent, it is not installed.' : `HAProxy ${await readVersion(haproxy, '-v')}.`,
    ];
    const here: Sites = { clientHost: loopback, serviceHosts: Array.from({ length: replicaCount }, () => loopback) };
    const tables = await measure(context, 'loopback', here, notes);
    if (HostNetwork.obstacle !== undefined) {
      notes.push(`Over 100 Mbit/s: absent, ${HostNetwork.obstacle}.`);
      return tables;
    }
    const network = await HostNetwork.create(1 + replicaCount, rate);
    try {
      const [clientHost, ...serviceHosts] = network.hosts;
      return [...tables, ...(await measure(context, '100 Mbit/s', { clientHost: clientHost!, serviceHosts }, notes))];
    } finally {
      await network.remove();
    }
  },
};

async function measure(
  { scale, folder, progress }: BenchmarkContext,
  setting: string,
  sites: Sites,
  notes: readonly string[],
): Promise<Table[]> {
  const ownFolder = join(folder, setting.replaceAll(/\W/g, '-'));
  mkdirSync(ownFolder);
  progress(`${setting}: starting`);
  const routes = await Routes.start(ownFolder, sites);
  try {
    const { heatUpTurns, turns, warmUpTurns, turnMs, settleMs } = plans[scale];
    const { targets } = routes;
    const pace = { turnMs, settleMs };
    progress(`${setting}: heating up`);
    await ping(sites, { targets, messageBytes: heatUpBytes, turns: 0, warmUpTurns: heatUpTurns, ...pace });
    const tables: Table[] = [];
    for (const messageBytes of messageSizes) {
      progress(`${setting}: messages of ${messageBytes} bytes`);
      const answer = await ping(sites, { targets, messageBytes, turns, warmUpTurns, ...pace });
      tables.push(makeTable(setting, messageBytes, answer, notes));
    }
    return tables;
  } finally {
    await routes.stop();
  }
}

async function ping({ clientHost }: Sites, order: PingOrder): Promise<PingAnswer> {
  const [program, ...args] = [...clientHost.command, ...nodeCommand(pingProgram, JSON.stringify(order))];
  const { stdout } = await run(program!, args);
  return JSON.parse(stdout) as PingAnswer;
}

function makeTable(setting: string, messageBytes: number, answer: PingAnswer, notes: readonly string[]): Table {
  const settled = new Compared(answer, 'settled');
  const rested = new Compared(answer, 'rested');
  return {
    title: `pingpong: ${messageBytes} bytes each way, ${setting}`,
    columns: [
      { heading: 'route' },
      { heading: 'p50 µs' },
      { heading: 'p99 µs' },
      { heading: 'added µs' },
      { heading: 'added %', decimals: 1 },
      { heading: '× two HAProxy hops', decimals: 2 },
      { heading: 'samples' },
      { heading: 'after a rest, p50 µs' },
      { heading: '× two HAProxy hops', decimals: 2 },
    ],
    rows: Object.keys(answer).map((name) => {
      const { p50Us, p99Us, count } = settled.of(name);
      const base = settled.of(direct).p50Us;
      const restedUs = rested.of(name).p50Us;
      if (name === direct) {
        return [name, p50Us, p99Us, undefined, undefined, undefined, count, restedUs, undefined];
      }
      const addedUs = p50Us - base;
      return [
        name,
        p50Us,
        p99Us,
        addedUs,
        (addedUs / base) * 100,
        settled.ratio(name),
        count,
        restedUs,
        rested.ratio(name),
      ];
    }),
    notes,
  };
}

/** The routes of one table, beside each other. */
class Compared {
  readonly #summaries: ReadonlyMap<string, LatencySummary>;

  constructor(answer: PingAnswer, times: keyof PingTimes) {
    this.#summaries = new Map(
      Object.entries(answer).map(([name, ofName]) => [name, Latency.decode(ofName[times]).summary()]),
    );
  }

  of(name: string): LatencySummary {
    return this.#summaries.get(name)!;
  }

  /** What the route adds to the direct one, in what two hops of HAProxy add; undefined without HAProxy. */
  ratio(name: string): number | undefined {
    if (!this.#summaries.has(twoHaproxyHops)) return undefined;
    const base = this.of(direct).p50Us;
    return (this.of(name).p50Us - base) / (this.of(twoHaproxyHops).p50Us - base);
  }
}
