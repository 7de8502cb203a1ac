import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, BenchmarkContext, Scale } from '../benchmark.js';
import { Latency } from '../measure/latency.js';
import { HostNetwork } from '../network/host-network.js';
import { loopback } from '../network/host.js';
import { readVersion } from '../programs/installed-program.js';
import { nodeCommand } from '../programs/program.js';
import type { Table } from '../report/table.js';
import { haproxy } from './haproxy.js';
import type { PingAnswer, PingOrder } from './ping-order.js';
import { direct, Routes, type Sites, twoHaproxyHops } from './routes.js';

const run = promisify(execFile);
const pingProgram = new URL('ping-program.js', import.meta.url);
const replicaCount = 3;
const rate = '100mbit';

/** Exchanges for each route. */
interface Plan {
  /** Before any count: until V8 has compiled what runs often in every program on the way. */
  readonly heatUp: number;
  /** That count, by the size of the message in bytes; half as many go before them. */
  readonly counts: ReadonlyMap<number, number>;
}

const heatUpBytes = 100;
const plans: Readonly<Record<Scale, Plan>> = {
  short: {
    heatUp: 50,
    counts: new Map([
      [100, 50],
      [1000, 50],
      [10_000, 50],
      [100_000, 20],
    ]),
  },
  full: {
    heatUp: 20_000,
    counts: new Map([
      [100, 8000],
      [1000, 8000],
      [10_000, 4000],
      [100_000, 1000],
    ]),
  },
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
    const { heatUp, counts } = plans[scale];
    const { targets } = routes;
    progress(`${setting}: heating up`);
    await ping(sites, { targets, messageBytes: heatUpBytes, count: 1, warmUpCount: heatUp });
    const tables: Table[] = [];
    for (const [messageBytes, count] of counts) {
      progress(`${setting}: messages of ${messageBytes} bytes`);
      const answer = await ping(sites, { targets, messageBytes, count, warmUpCount: Math.ceil(count / 2) });
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
  const summaries = new Map(Object.entries(answer).map(([name, text]) => [name, Latency.decode(text).summary()]));
  const base = summaries.get(direct)!.p50Us;
  const haproxyHops = summaries.get(twoHaproxyHops);
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
    ],
    rows: [...summaries].map(([name, { p50Us, p99Us, count }]) => {
      const addedUs = p50Us - base;
      const ratio = haproxyHops === undefined ? undefined : addedUs / (haproxyHops.p50Us - base);
      if (name === direct) return [name, p50Us, p99Us, undefined, undefined, undefined, count];
      return [name, p50Us, p99Us, addedUs, (addedUs / base) * 100, ratio, count];
    }),
    notes,
  };
}
