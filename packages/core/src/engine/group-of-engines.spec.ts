import type { GroupHandler, IncarnationId, MemberName, OrderedRuns, OrderNumber, View } from '@lockstep/contracts';
import { expect } from 'chai';
import { EventCounters } from '../link/event-counters.js';
import { digestSettings } from '../link/identity.js';
import type { Address } from '@lockstep/sockets';
import { LinkServer } from '../link/link-server.js';
import { MemberLinks } from '../link/member-links.js';
import { RecordingLogger } from '../link/recording-logger.fixture.js';
import { until } from '../link/until.fixture.js';
import { Member } from '../protocol/member.js';
import type { GroupSettings } from '../protocol/member-io.js';
import { EmbeddedGroupEngine } from './embedded-group-engine.js';

const names = ['a', 'b', 'c'] as MemberName[];
const settings: GroupSettings = {
  members: names.map((name) => ({ name, witness: false })),
  timing: { suspectAfterMs: 10_000, heartbeatMs: 100, laggardAfterMs: 5000 },
  fence: false,
  historyBytesMax: 100_000_000,
};

/** One real member over real sockets; executes whatever it is handed, at once. */
class Process implements GroupHandler {
  readonly log: string[] = [];
  readonly views: number[] = [];
  readonly logger = new RecordingLogger();
  readonly engine: EmbeddedGroupEngine;
  readonly server: LinkServer;
  view: View | undefined;
  stable = 0;
  excluded: string | undefined;

  constructor(
    readonly incarnation: IncarnationId,
    address: Address,
    addresses: ReadonlyMap<MemberName, Address>,
  ) {
    const { logger } = this;
    const counters = new EventCounters();
    const own = { group: 'g', identity: incarnation, settings: digestSettings(settings) };
    this.server = new LinkServer({ address, own, purpose: incarnation, logger, counters });
    const { suspectAfterMs } = settings.timing;
    this.engine = new EmbeddedGroupEngine({
      member: new Member({ incarnation, witness: false }, settings),
      links: new MemberLinks({ own, addresses, suspectAfterMs, server: this.server, logger, counters }),
      bootstrap: false,
      fence: undefined,
      leaveTimeoutMs: 2000,
      now: () => performance.now(),
      logger,
      counters,
    });
  }

  submit(text: string): void {
    this.engine.submit(Buffer.from(text));
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    await this.server.close();
  }

  onOrdered({ first, runs }: OrderedRuns): void {
    let order: number = first;
    for (const { lengths, payload } of runs) {
      let offset = 0;
      for (const length of lengths) {
        this.log[order++] = Buffer.from(payload.subarray(offset, offset + length)).toString();
        offset += length;
      }
    }
    this.engine.executed((order - 1) as OrderNumber);
  }

  onStable(through: OrderNumber): void {
    this.stable = through;
  }

  onView(view: View): void {
    this.view = view;
    this.views.push(view.number);
  }

  onWritable(): void {
    // The tests submit little.
  }

  onQuorum(): void {
    // No client is sent anywhere.
  }

  onExcluded(reason: string): void {
    this.excluded = reason;
  }
}

describe('a group of engines over real links', () => {
  const running: Process[] = [];
  let addresses: Map<MemberName, Address>;

  const start = async (incarnation: string): Promise<Process> => {
    const name = incarnation.slice(0, 1) as MemberName;
    const address = addresses.get(name) ?? { host: '127.0.0.1', port: 0 };
    const process = new Process(incarnation as IncarnationId, address, addresses);
    addresses.set(name, await process.server.listen());
    running.push(process);
    return process;
  };

  let processes: Process[];

  beforeEach(async () => {
    addresses = new Map();
    processes = [];
    for (const name of names) processes.push(await start(`${name}/1`));
    for (const process of processes) await process.engine.start(process);
    await until(() => processes.every(({ view }) => view?.members.length === 3));
  });

  afterEach(async () => {
    for (const process of running.splice(0)) await process.stop();
  });

  it('orders what all submit, the same everywhere, and makes it stable', async () => {
    for (let index = 1; index <= 100; index++)
      for (const process of processes) process.submit(`${process.incarnation} ${index}`);
    processes[1]!.submit('x'.repeat(200_000));
    await until(() => processes.every(({ stable }) => stable === 301));
    const [a, b, c] = processes as [Process, Process, Process];
    expect(b.log).to.deep.equal(a.log);
    expect(c.log).to.deep.equal(a.log);
    expect([...a.log].filter((entry) => entry?.startsWith('b/1'))).to.deep.equal(
      Array.from({ length: 100 }, (_, index) => `b/1 ${index + 1}`),
    );
  });

  for (const victim of [0, 2]) {
    it(`goes on at once when the member of rank ${victim} dies, and takes in its next incarnation`, async () => {
      const dead = processes[victim]!;
      const alive = processes.filter((process) => process !== dead);
      alive[0]!.submit('before');
      await until(() => processes.every(({ stable }) => stable === 1));
      const diedAt = performance.now();
      await dead.stop();
      alive[0]!.submit('one');
      alive[1]!.submit('two');
      await until(() => alive.every(({ stable }) => stable === 3));
      expect(performance.now() - diedAt).to.be.lessThan(settings.timing.suspectAfterMs);
      const next = await start(`${names[victim]}/2`);
      await next.engine.start(next);
      await until(() => [...alive, next].every(({ view }) => view?.members.length === 3));
      next.submit('three');
      await until(() => [...alive, next].every(({ stable }) => stable === 4));
      expect(next.log).to.deep.equal(alive[0]!.log);
    });
  }

  it('lets a member go that leaves', async () => {
    const [a, b, c] = processes as [Process, Process, Process];
    await b.engine.leave();
    expect(b.excluded).to.equal(undefined);
    await until(() => a.view?.members.length === 2 && c.view?.members.length === 2);
    a.submit('without b');
    await until(() => a.stable === 1 && c.stable === 1);
  });
});
