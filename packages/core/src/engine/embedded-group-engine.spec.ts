import type { GroupHandler, IncarnationId, OrderedRuns, OrderNumber, View } from '@lockstep/contracts';
import { expect } from 'chai';
import { EventCounters } from '../link/event-counters.js';
import type { MemberLinksHandler } from '../link/peer-context.js';
import { RecordingLogger } from '../link/recording-logger.fixture.js';
import { until } from '../link/until.fixture.js';
import { limits } from '../protocol/limits.js';
import type { MemberEffect, MemberInput, MemberSnapshot } from '../protocol/member-io.js';
import type { PeerMessage } from '../protocol/messages.js';
import { EmbeddedGroupEngine, type EngineLinks, type MemberProtocol } from './embedded-group-engine.js';

const peer = 'b/1' as IncarnationId;
const message = { kind: 'leave', view: 1 } as PeerMessage;
const run = { sender: peer, firstSubmission: 1, lengths: [1], payload: Uint8Array.of(7) };
const ordered = { first: 1, runs: [run] } as unknown as OrderedRuns;

/** Does as it is told: answers an input with the effects that the test has prepared for its kind. */
class ScriptedMember implements MemberProtocol {
  readonly inputs: MemberInput[] = [];
  readonly effects = new Map<MemberInput['kind'], MemberEffect[]>();
  deadline: number | undefined;
  wantsFlush = true;
  failOn: MemberInput['kind'] | undefined;

  step(input: MemberInput): readonly MemberEffect[] {
    this.inputs.push(input);
    if (input.kind === this.failOn) throw new Error('two times two is five');
    return this.effects.get(input.kind) ?? [];
  }

  nextDeadline(): number | undefined {
    return this.deadline;
  }

  snapshot(): MemberSnapshot {
    return { state: 'member' } as MemberSnapshot;
  }

  get kinds(): string[] {
    return this.inputs.map(({ kind }) => kind);
  }
}

/** Everything that the engine does to links and handler, in one list. */
class Surroundings implements EngineLinks, GroupHandler {
  readonly calls: string[] = [];
  links: MemberLinksHandler | undefined;
  ordered: OrderedRuns | undefined;
  onOrderedDo: () => void = () => undefined;

  start(handler: MemberLinksHandler): void {
    this.links = handler;
  }

  send(to: readonly IncarnationId[], lane: string, { kind }: PeerMessage): void {
    this.calls.push(`send ${kind} to ${to.join()} on ${lane}`);
  }

  flush(): void {
    if (this.calls.at(-1) !== 'flush') this.calls.push('flush');
  }

  disconnect(incarnation: IncarnationId): void {
    this.calls.push(`disconnect ${incarnation}`);
  }

  stop(): void {
    this.calls.push('stop');
  }

  onOrdered(runs: OrderedRuns): void {
    this.ordered = runs;
    this.calls.push('ordered');
    this.onOrderedDo();
  }

  onStable(through: OrderNumber): void {
    this.calls.push(`stable ${through}`);
  }

  onView(view: View, role: string): void {
    this.calls.push(`view ${view.number} as ${role}`);
  }

  onWritable(writable: boolean): void {
    this.calls.push(`writable ${writable}`);
  }

  onQuorum(heard: boolean): void {
    this.calls.push(`quorum ${heard}`);
  }

  onExcluded(reason: string): void {
    this.calls.push(`excluded: ${reason}`);
  }
}

describe('embedded group engine', () => {
  let member: ScriptedMember;
  let around: Surroundings;
  let logger: RecordingLogger;
  let counters: EventCounters;
  let fence: ((target: IncarnationId) => Promise<boolean>) | undefined;
  let engine: EmbeddedGroupEngine;

  beforeEach(() => {
    member = new ScriptedMember();
    around = new Surroundings();
    logger = new RecordingLogger();
    counters = new EventCounters();
    fence = undefined;
  });

  afterEach(() => engine.stop());

  const start = async (): Promise<void> => {
    engine = new EmbeddedGroupEngine({
      member,
      links: around,
      bootstrap: false,
      fence: (target) => fence!(target),
      leaveTimeoutMs: 30,
      now: () => performance.now(),
      logger,
      counters,
    });
    await engine.start(around);
    await turn();
    member.inputs.length = 0;
    around.calls.length = 0;
  };

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  it('executes effects strictly in their order, and hands runs over without copying', async () => {
    member.effects.set('receive', [
      { kind: 'send', to: [peer], lane: 'main', message },
      { kind: 'view', view: { number: 1 } as View, role: 'member' },
      { kind: 'ordered', ordered },
      { kind: 'stable', through: 1 as OrderNumber },
      { kind: 'writable', writable: false },
      { kind: 'quorum', heard: false },
      { kind: 'send', to: [peer], lane: 'transfer', message },
      { kind: 'disconnect', peer },
      { kind: 'report', level: 'warn', event: 'drop-old-view', fields: {} },
    ]);
    await start();
    around.links!.onReceive(peer, [message]);
    expect(around.calls).to.deep.equal([
      'send leave to b/1 on main',
      'view 1 as member',
      'flush',
      'ordered',
      'stable 1',
      'writable false',
      'quorum false',
      'send leave to b/1 on transfer',
      'disconnect b/1',
    ]);
    expect(around.ordered).to.equal(ordered);
    expect(logger.lines).to.deep.equal(['warn: drop old view']);
    expect(counters.count('drop-old-view')).to.equal(1);
    await turn();
    expect(around.calls.at(-1)).to.equal('flush');
  });

  it('gathers what one turn brings, and flushes once', async () => {
    await start();
    engine.submit(Uint8Array.of(1));
    engine.executed(5 as OrderNumber);
    engine.submit(Uint8Array.of(2));
    engine.executed(6 as OrderNumber);
    around.links!.onLinkUp(peer);
    around.links!.onReceive(peer, []);
    await turn();
    expect(member.inputs).to.deep.equal([
      { kind: 'link-up', peer },
      { kind: 'receive', peer, messages: [] },
      { kind: 'executed', through: 6 },
      { kind: 'submit', entries: [Uint8Array.of(1), Uint8Array.of(2)] },
      { kind: 'flush' },
    ]);
    await turn();
    expect(member.kinds.filter((kind) => kind === 'flush')).to.have.lengthOf(1);
  });

  it('sends what is gathered before the layer above has work to do', async () => {
    member.effects.set('flush', [
      { kind: 'send', to: [peer], lane: 'main', message },
      { kind: 'ordered', ordered },
    ]);
    await start();
    engine.submit(Uint8Array.of(1));
    await turn();
    expect(around.calls).to.deep.equal(['send leave to b/1 on main', 'flush', 'ordered', 'flush']);
  });

  it('makes no turn where there is nothing to flush, and sends at once', async () => {
    await start();
    member.wantsFlush = false;
    member.effects.set('receive', [{ kind: 'send', to: [peer], lane: 'main', message }]);
    around.links!.onReceive(peer, []);
    expect(around.calls).to.deep.equal(['send leave to b/1 on main', 'flush']);
    await turn();
    expect(member.kinds).to.deep.equal(['receive']);
  });

  it('never steps inside a step, nor calls its handler from inside a call', async () => {
    member.effects.set('receive', [
      { kind: 'ordered', ordered },
      { kind: 'stable', through: 1 as OrderNumber },
    ]);
    member.effects.set('submit', [{ kind: 'stable', through: 2 as OrderNumber }]);
    await start();
    around.onOrderedDo = () => {
      engine.submit(Uint8Array.of(1));
      engine.executed(1 as OrderNumber);
      void engine.leave();
    };
    around.links!.onReceive(peer, []);
    expect(member.kinds).to.deep.equal(['receive']);
    expect(around.calls).to.deep.equal(['flush', 'ordered', 'stable 1']);
    await turn();
    expect(member.kinds).to.deep.equal(['receive', 'leave', 'executed', 'submit', 'flush']);
  });

  it('makes no turn for what was executed, but notes it with the next tick, turn or snapshot', async () => {
    await start();
    engine.executed(3 as OrderNumber);
    await turn();
    expect(member.kinds).to.deep.equal([]);
    engine.snapshot();
    expect(member.inputs).to.deep.equal([{ kind: 'executed', through: 3 }]);
  });

  it('makes a turn for what was executed when the order may wait for it', async () => {
    await start();
    engine.executed((limits.executionEntriesMax / 8) as OrderNumber);
    await turn();
    expect(member.kinds).to.deep.equal(['executed', 'flush']);
  });

  it('ticks at the deadline', async () => {
    await start();
    const dueAt = performance.now() + 30;
    member.deadline = dueAt;
    let tickedAt = 0;
    member.step = (input) => {
      if (input.kind !== 'tick') return [];
      tickedAt = performance.now();
      member.deadline = undefined;
      return [];
    };
    around.links!.onLinkUp(peer);
    await until(() => tickedAt > 0);
    expect(tickedAt).to.be.at.least(dueAt - 1);
  });

  it('reads what has arrived before it ticks after a standstill (F3)', async () => {
    await start();
    member.deadline = performance.now() + 5;
    around.links!.onLinkUp(peer);
    await turn();
    member.inputs.length = 0;
    // What a socket brings in the turn that follows the standstill comes before the immediates of that turn.
    setTimeout(() => around.links!.onReceive(peer, []), 6);
    const standstillEnd = performance.now() + 80;
    while (performance.now() < standstillEnd);
    await until(() => member.kinds.includes('tick'));
    expect(member.kinds.slice(0, 2)).to.deep.equal(['receive', 'tick']);
  });

  it('fences, and says how it went', async () => {
    member.effects.set('gone', [{ kind: 'fence', target: peer }]);
    await start();
    const fenced: string[] = [];
    for (const outcome of [true, false, new Error('no such command')]) {
      fence = (target) => {
        fenced.push(target);
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
      };
      around.links!.onGone(peer);
      await turn();
    }
    expect(fenced).to.deep.equal([peer, peer, peer]);
    const answers = member.inputs.filter((input) => input.kind === 'fenced');
    expect(answers.map((input) => input.kind === 'fenced' && input.succeeded)).to.deep.equal([true, false, false]);
    expect(logger.lines.at(-1)).to.equal('error: The fence command for b/1 failed');
  });

  it('stops and tells its handler when it is excluded', async () => {
    member.effects.set('receive', [
      { kind: 'send', to: [peer], lane: 'main', message },
      { kind: 'excluded', reason: 'too slow', left: false },
      { kind: 'stable', through: 9 as OrderNumber },
    ]);
    await start();
    around.links!.onReceive(peer, []);
    around.links!.onReceive(peer, []);
    engine.submit(Uint8Array.of(1));
    await turn();
    expect(around.calls).to.deep.equal(['send leave to b/1 on main', 'flush', 'stop', 'excluded: too slow']);
    expect(member.kinds).to.deep.equal(['receive']);
    await engine.leave();
  });

  it('leaves, and is not excluded then', async () => {
    member.effects.set('leave', [{ kind: 'excluded', reason: 'left', left: true }]);
    await start();
    await engine.leave();
    expect(around.calls).to.deep.equal(['flush', 'stop']);
  });

  it('waits for the group to let it go, but not for ever', async () => {
    await start();
    await engine.leave();
    expect(member.kinds).to.include('leave');
    expect(around.calls).not.to.include('stop');
  });

  it('stops with a dump when an invariant is broken', async () => {
    member.failOn = 'receive';
    await start();
    const dumps: Record<string, unknown>[] = [];
    Object.assign(logger, { error: (fields: Record<string, unknown>) => dumps.push(fields) });
    const payload = Buffer.alloc(1000);
    const lengths = Array.from({ length: 1000 }, () => 1);
    const order = { kind: 'order', runs: [{ payload, lengths }] } as unknown as PeerMessage;
    around.links!.onLinkUp(peer);
    around.links!.onReceive(peer, [order]);
    around.links!.onLinkDown(peer);
    await turn();
    expect(around.calls).to.deep.equal(['flush', 'stop', 'excluded: an invariant is broken: two times two is five']);
    expect(member.kinds).to.deep.equal(['link-up', 'receive']);
    const [dump] = dumps as [{ error: string; snapshot: object; inputs: string[] }];
    expect(dump.error).to.contain('two times two is five');
    expect(dump.snapshot).to.deep.equal({ state: 'member' });
    expect(dump.inputs.slice(-2)[0]).to.equal('{"kind":"link-up","peer":"b/1"}');
    expect(dump.inputs.at(-1)).to.contain('"payload":"1000 bytes"').and.to.contain('1000 in all');
  });

  it('stops when its handler throws: what it has not taken would be missing for ever', async () => {
    member.effects.set('receive', [
      { kind: 'ordered', ordered },
      { kind: 'stable', through: 1 as OrderNumber },
    ]);
    await start();
    around.onOrderedDo = () => {
      throw new Error('no');
    };
    around.links!.onReceive(peer, []);
    expect(around.calls).to.deep.equal(['flush', 'ordered', 'flush', 'stop', 'excluded: an invariant is broken: no']);
  });

  it('does nothing any more once it is stopped', async () => {
    await start();
    engine.submit(Uint8Array.of(1));
    await engine.stop();
    around.links!.onReceive(peer, []);
    await turn();
    expect(member.kinds).to.deep.equal([]);
    expect(around.calls).to.deep.equal(['flush', 'stop']);
  });
});
