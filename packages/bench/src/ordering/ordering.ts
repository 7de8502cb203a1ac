import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, Scale } from '../benchmark.js';
import { Latency, median } from '../measure/latency.js';
import type { Table } from '../report/table.js';
import type { Contender, Load, Throughput } from './contender.js';
import { corosyncContender } from './corosync-contender.js';
import { etcdContender } from './etcd-contender.js';
import { lockstepContender, lockstepOneHost } from './lockstep-contender.js';
import { natsContender } from './nats-contender.js';

const contenders = [lockstepContender, lockstepOneHost, corosyncContender, natsContender, etcdContender];
const entrySizes = [100, 1000] as const;

interface Plan {
  /** How often each contender has its turn, with a new group each time. */
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

const plans: Readonly<Record<Scale, Plan>> = {
  short: { rounds: 1, warmUpMs: 200, measureMs: 300 },
  full: { rounds: 3, warmUpMs: 2000, measureMs: 4000 },
};

/** What the rounds of one contender brought, for one size of entries. */
class Results {
  readonly throughputs: Throughput[] = [];
  /** By where the entries were submitted. */
  readonly latencies = new Map<string, Latency>();

  addLatencies(latencies: ReadonlyMap<string, Latency>): void {
    for (const [place, latency] of latencies) {
      const sum = this.latencies.get(place) ?? new Latency();
      sum.add(latency);
      this.latencies.set(place, sum);
    }
  }
}

/** Three members, one order. */
export const ordering: Benchmark = {
  name: 'ordering',
  description: 'three members as processes bring entries into one order: throughput, and time to stable',
  run: async (context) => {
    const plan = plans[context.scale];
    const present = contenders.filter(({ obstacle }) => obstacle === undefined);
    const results = new Map(
      present.map((contender) => [contender, new Map(entrySizes.map((size) => [size, new Results()]))]),
    );
    for (let round = 1; round <= plan.rounds; round++) {
      for (const [contender, bySize] of results) {
        context.progress(`round ${round} of ${plan.rounds}: ${contender.name}`);
        await runRound(
          contender,
          bySize,
          plan,
          join(context.folder, `${contender.name}-${round}`.replaceAll(' ', '-')),
        );
      }
    }
    const notes = await describeAll(present, plan);
    return entrySizes.flatMap((size) => {
      const ofSize = new Map([...results].map(([{ name }, bySize]) => [name, bySize.get(size)!]));
      return [throughputTable(size, ofSize, notes), latencyTable(size, ofSize)];
    });
  },
};

async function runRound(
  contender: Contender,
  bySize: ReadonlyMap<number, Results>,
  { warmUpMs, measureMs }: Plan,
  folder: string,
): Promise<void> {
  mkdirSync(folder);
  const group = await contender.start(folder);
  try {
    for (const [entryBytes, results] of bySize) {
      const load: Load = { entryBytes, warmUpMs, measureMs };
      results.throughputs.push(await group.fullWindow(load));
      results.addLatencies(await group.oneInFlight(load));
    }
  } finally {
    await group.stop();
  }
}

function throughputTable(size: number, results: ReadonlyMap<string, Results>, notes: readonly string[]): Table {
  const rateOf = ({ throughputs }: Results): number =>
    median(throughputs.map(({ entriesPerSecond }) => entriesPerSecond));
  const ours = rateOf(results.get(lockstepContender.name)!);
  return {
    title: `ordering: entries of ${size} bytes, full window`,
    columns: [
      { heading: 'engine' },
      { heading: 'entries/s' },
      { heading: 'Lockstep is' },
      { heading: 'processor µs/entry', decimals: 2 },
    ],
    rows: [...results].map(([name, result]) => [
      name,
      rateOf(result),
      name === lockstepContender.name || rateOf(result) === 0 ? undefined : `${(ours / rateOf(result)).toFixed(1)} ×`,
      median(result.throughputs.map(({ processorUsPerEntry }) => processorUsPerEntry)),
    ]),
    notes,
  };
}

function latencyTable(size: number, results: ReadonlyMap<string, Results>): Table {
  const rows = [...results].flatMap(([name, { latencies }]) =>
    [...latencies].map(([place, latency]) => {
      const { p50Us, p99Us, count } = latency.summary();
      return [place === '' ? name : `${name}, ${place}`, p50Us, p99Us, count];
    }),
  );
  return {
    title: `ordering: entries of ${size} bytes, one in flight, time to stable`,
    columns: [{ heading: 'engine' }, { heading: 'p50 µs' }, { heading: 'p99 µs' }, { heading: 'samples' }],
    rows,
    notes: [],
  };
}

async function describeAll(present: readonly Contender[], { rounds, measureMs }: Plan): Promise<string[]> {
  const descriptions = await Promise.all(
    present.map(async (contender) => `${contender.name}: ${await contender.describe()}.`),
  );
  const absent = contenders.filter((contender) => !present.includes(contender));
  return [
    `Median of ${rounds} rounds of ${measureMs} ms, in turns, each with a new group.`,
    ...descriptions,
    ...absent.map(({ name, obstacle }) => `${name}: absent, ${obstacle}.`),
  ];
}
