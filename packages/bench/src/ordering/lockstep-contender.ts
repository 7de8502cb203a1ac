import { Latency } from '../measure/latency.js';
import { measureProcessorTime } from '../measure/processor-time.js';
import { findFreePorts } from '../programs/free-ports.js';
import { Worker } from '../programs/worker.js';
import type { Contender, ContenderGroup, Load, Throughput } from './contender.js';
import type { MemberAnswer, MemberOrder } from './member-orders.js';

/** In flight for each of the three members. */
const windowEntries = 2000;
const names = ['a', 'b', 'c'] as const;
const program = new URL('member-program.js', import.meta.url);

type MemberWorker = Worker<MemberOrder, MemberAnswer>;

/** Our embedded engine, linked as between hosts. The submitters are the members themselves, as service interceptors are. */
export const lockstepContender: Contender = {
  name: 'Lockstep',
  obstacle: undefined,
  describe: () =>
    Promise.resolve(
      `embedded engine, three members that all submit, ${windowEntries} in flight for each; stable at the submitter`,
    ),
  start: () => startGroup('tcp'),
};

/** The same, linked as processes of one host are. */
export const lockstepOneHost: Contender = {
  name: 'Lockstep, one host',
  obstacle: undefined,
  describe: () =>
    Promise.resolve(
      'the same, linked by unix sockets, as members are that share a host; all others are linked by TCP or UDP',
    ),
  start: () => startGroup('local'),
};

async function startGroup(carrier: 'tcp' | 'local'): Promise<LockstepGroup> {
  const ports = await findFreePorts(names.length);
  const addresses = JSON.stringify(Object.fromEntries(names.map((name, index) => [name, ports[index]])));
  const members = names.map((name): MemberWorker => new Worker(program, [name, addresses, carrier]));
  // The first configured member founds the group, so its rank is 0.
  await Promise.all(members.map((member) => member.answer()));
  return new LockstepGroup(members);
}

class LockstepGroup implements ContenderGroup {
  readonly #members: readonly MemberWorker[];

  constructor(members: readonly MemberWorker[]) {
    this.#members = members;
  }

  async fullWindow(load: Load): Promise<Throughput> {
    const pids = this.#members.map(({ pid }) => pid);
    const [processorMs, ...answers] = await Promise.all([
      measureProcessorTime(pids, load.warmUpMs, load.measureMs),
      ...this.#members.map((member) => member.ask({ kind: 'full-window', windowEntries, ...load })),
    ]);
    let entriesPerSecond = 0;
    for (const answer of answers) if (answer.kind === 'full-window') entriesPerSecond += answer.entriesPerSecond;
    const entries = entriesPerSecond * (load.measureMs / 1000);
    return { entriesPerSecond, processorUsPerEntry: (processorMs * 1000) / entries };
  }

  async oneInFlight(load: Load): Promise<ReadonlyMap<string, Latency>> {
    const [sequencer, other] = this.#members as [MemberWorker, MemberWorker];
    return new Map([
      ['at the sequencer', await measureOneInFlight(sequencer, load)],
      ['at another member', await measureOneInFlight(other, load)],
    ]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.stop()));
  }
}

async function measureOneInFlight(member: MemberWorker, load: Load): Promise<Latency> {
  const answer = await member.ask({ kind: 'one-in-flight', ...load });
  if (answer.kind !== 'one-in-flight') throw new Error(`A member answered with ${answer.kind}.`);
  return Latency.decode(answer.latency);
}
