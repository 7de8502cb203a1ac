import { expect } from 'chai';
import fc from 'fast-check';
import { ExecutorBench, keyOf } from './executor-bench.fixture.js';
import { NaiveExecutor } from './naive-executor.fixture.js';

/** One event of a random run. Numbers pick what is possible at that moment. */
type Action =
  | { readonly kind: 'entry'; readonly picks: readonly number[] }
  | { readonly kind: 'pass'; readonly milliseconds: number }
  | { readonly kind: ChannelAction; readonly pick: number };

/** What is to happen often is there several times. */
const channelActions = [
  ...(['accept', 'accept', 'finish', 'finish', 'finish'] as const),
  ...(['answer', 'pause', 'resume', 'break', 'close'] as const),
];
type ChannelAction = (typeof channelActions)[number];

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('entry' as const), picks: fc.array(fc.nat(2047), { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), milliseconds: fc.nat(150) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom(...channelActions), pick: fc.nat(255) }) },
);

/** Runs the executor and the naive one side by side. */
class Comparison {
  readonly #bench = new ExecutorBench();
  readonly #naive = new NaiveExecutor();
  /** Connections that entries may still name, and how many were opened. */
  readonly #live: number[] = [];
  #opened = 0;
  #order = 0;
  #executed = 0;
  readonly #accepted = new Set<number>();
  readonly #over = new Set<number>();
  /** The output that the last event brought. */
  #expected: string[] = [];
  timeouts = 0;

  run(step: Action): void {
    this.#expected = [];
    if (step.kind === 'entry') this.#entry(step.picks);
    else if (step.kind === 'pass') this.#bench.pass(step.milliseconds);
    else this.#act(step.kind, step.pick);
    this.#compare();
  }

  #entry(picks: readonly number[]): void {
    const operations = picks.map((pick) => this.#operation(pick));
    this.#bench.entry(...operations);
    this.#naive.execute((this.#order += 1), operations);
  }

  #operation(pick: number): string {
    const kind = ['open', 'data', 'data', 'data', 'data', 'end', 'reset', 'release'][pick % 8] ?? '';
    const rest = Math.floor(pick / 8);
    const index = rest % Math.max(1, this.#live.length);
    const number = this.#live[index];
    if (kind === 'open' || number === undefined) {
      this.#opened += 1;
      this.#live.push(this.#opened);
      return `open ${this.#opened} ${rest % 4 === 0 ? 'free' : 'gated'}`;
    }
    if (kind === 'reset' || kind === 'release') this.#live.splice(index, 1);
    return `${kind} ${number} ${rest}`;
  }

  #act(kind: ChannelAction, pick: number): void {
    const { service, executor } = this.#bench;
    const number = 1 + (pick % Math.max(1, service.channels.length));
    if (service.channels.length === 0) return;
    const channel = service.channel(number);
    const heard = this.#naive.isHeard(number);
    if (kind === 'pause' || kind === 'resume') {
      executor[`${kind}Output`](keyOf(number));
      return this.#naive.pause(number, kind === 'pause');
    }
    if (this.#over.has(number)) return;
    if (kind === 'accept' && !this.#accepted.has(number)) {
      this.#accepted.add(number);
      channel.accept();
      this.#naive.change(number, { open: true });
    } else if (kind === 'finish' && channel.busy) {
      channel.finish();
      this.#naive.change(number, { busy: false });
    } else if (kind === 'answer' && !channel.isPaused) {
      channel.answer('x');
      if (heard) this.#expected = [`output ${number} x after ${this.#naive.cause}`];
    } else if (kind === 'break' || kind === 'close') {
      this.#over.add(number);
      channel[kind]('gone');
      if (heard && kind === 'break') this.#expected = [`output-reset ${number} after ${this.#naive.cause}: gone`];
      this.#naive.change(number, { over: true });
    }
  }

  #compare(): void {
    const told = this.#bench.takeTold();
    for (const timeout of told.filter((what) => what.startsWith('gate-timeout'))) {
      this.timeouts += 1;
      expect(timeout).to.equal(`gate-timeout ${this.#naive.awaited}`);
      this.#naive.change(Number(timeout.split(' ')[1]), { excused: true });
    }
    const executed = told.filter((what) => what.startsWith('executed')).map((what) => Number(what.split(' ')[1]));
    this.#executed = executed.at(-1) ?? this.#executed;
    expect(this.#bench.service.calls).to.deep.equal(this.#naive.given);
    expect(this.#executed).to.equal(this.#naive.executed);
    expect(told.filter((what) => what.startsWith('output'))).to.deep.equal(this.#expected);
    expect(this.#bench.executor.nextDeadline() !== undefined).to.equal(this.#naive.awaited !== undefined);
  }
}

describe('Executor against the naive one', () => {
  it('does the same in the same order, whatever happens when (S1, S2)', () => {
    let timeouts = 0;
    let steps = 0;
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120, size: 'max' }), (actions) => {
        const comparison = new Comparison();
        for (const step of actions) comparison.run(step);
        timeouts += comparison.timeouts;
        steps += actions.length;
      }),
      { numRuns: 400 },
    );
    expect(steps, 'events').to.be.greaterThan(5000);
    expect(timeouts, 'gate timeouts among them').to.be.greaterThan(20);
  });
});
