import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, BenchmarkContext, Scale } from '../benchmark.js';
import type { Latency } from '../measure/latency.js';
import { HostNetwork } from '../network/host-network.js';
import type { Cell, Table } from '../report/table.js';
import { type Fault, faults } from './faults.js';
import { measureStalls } from './lockstep-failover.js';
import { peers } from './peers.js';

interface Plan {
  readonly faults: readonly Fault[];
  /** Of each kind. */
  readonly blows: number;
  /** A peer may take ten seconds for one. */
  readonly peerBlows: number;
}

const plans: Readonly<Record<Scale, Plan>> = {
  short: { faults: faults.filter(({ attached, sequencer }) => attached && sequencer), blows: 1, peerBlows: 0 },
  full: { faults, blows: 200, peerBlows: 5 },
};
const hostCount = 4;

/** What clients feel of a failure. */
export const failover: Benchmark = {
  name: 'failover',
  description:
    'the longest that a client waits when a replica dies, by what the replica was, beside the leaders of others',
  run: async (context) => {
    const plan = plans[context.scale];
    const { faults: dealt, peerBlows } = plan;
    const blows = context.times ?? plan.blows;
    const notes = [
      'Lockstep: 3 replicas of an echo service; the longest that one request took around each blow, on one connection that has ' +
        'one request in flight, and on one that sends one every 2 ms. An interceptor is killed with its service by SIGKILL. Each ' +
        'victim is a member again before the next blow. Calm: the longest wait with one in flight in as long a time right ' +
        'before each blow, when nobody dies: what this machine does to a client by itself.',
    ];
    const rows: Cell[][] = [];
    for (const fault of dealt) {
      const row = await measureFault(context, fault, blows);
      if (typeof row === 'string') notes.push(`Lockstep, ${fault.name}: absent, ${row}.`);
      else {
        // A run takes an hour; what it has found by then is not lost when it is broken off.
        context.progress(row.join('  '));
        rows.push(row);
      }
    }
    for (const peer of peers) {
      if (peer.obstacle !== undefined) notes.push(`${peer.name}: absent, ${peer.obstacle}.`);
      if (peer.obstacle !== undefined || peerBlows === 0) continue;
      context.progress(`${peer.name}: ${peerBlows} times`);
      const folder = join(context.folder, peer.name.replaceAll(/\W+/g, '-'));
      mkdirSync(folder);
      rows.push([peer.name, peerBlows, ...millisecondsOf(await peer.measure(folder, peerBlows))]);
      notes.push(`${peer.name}: ${await peer.describe()}.`);
    }
    return [tableOf(rows, notes)];
  },
};

/** @returns its row, or why it cannot be measured here */
async function measureFault(context: BenchmarkContext, fault: Fault, blows: number): Promise<Cell[] | string> {
  if (fault.silent && HostNetwork.obstacle !== undefined) return HostNetwork.obstacle;
  const network = fault.silent ? await HostNetwork.create(hostCount) : undefined;
  try {
    const { calm, oneInFlight, paced } = await measureStalls(context.folder, fault, blows, network, context.progress);
    const row = [`Lockstep, ${fault.name}`, blows, ...millisecondsOf(oneInFlight), ...millisecondsOf(paced)];
    return [...row, ...fault.targets, ...millisecondsOf(calm).slice(1)];
  } finally {
    await network?.remove();
  }
}

function millisecondsOf(latency: Latency): number[] {
  const { p50Us, p99Us, maxUs } = latency.summary();
  return [p50Us, p99Us, maxUs].map((microseconds) => microseconds / 1000);
}

function tableOf(rows: readonly (readonly Cell[])[], notes: readonly string[]): Table {
  return {
    title: 'failover: the longest wait of a client',
    columns: [
      { heading: 'who dies' },
      { heading: 'times' },
      { heading: 'p50 ms', decimals: 1 },
      { heading: 'p99 ms', decimals: 1 },
      { heading: 'max ms', decimals: 1 },
      { heading: 'paced p50 ms', decimals: 1 },
      { heading: 'paced p99 ms', decimals: 1 },
      { heading: 'paced max ms', decimals: 1 },
      { heading: 'reach p99 ms' },
      { heading: 'aim p99 ms' },
      { heading: 'calm p99 ms', decimals: 1 },
      { heading: 'calm max ms', decimals: 1 },
    ],
    rows,
    notes,
  };
}
