import type { ClientComposition, Composition } from '@lockstep/core';
import { expect } from 'chai';
import { runCommandLine } from './command-line.js';
import { ConfigurationFile } from './configuration-file.fixture.js';
import { StubSurroundings } from './stub-surroundings.fixture.js';

/** An interceptor that runs until it is stopped, and takes its time when it is told to. */
class StubComposition implements Composition {
  readonly done: Promise<void>;
  stops = 0;
  /** Ends it. */
  end: () => void = () => undefined;
  readonly #endsOnStop: boolean;

  constructor(endsOnStop = true) {
    this.#endsOnStop = endsOnStop;
    this.done = new Promise((resolve) => (this.end = resolve));
  }

  async stop(): Promise<void> {
    this.stops++;
    if (this.#endsOnStop) this.end();
    await this.done;
  }
}

describe('an interceptor process', () => {
  let file: ConfigurationFile;
  before(() => void (file = new ConfigurationFile()));
  after(() => file.remove());

  function start(composition: StubComposition) {
    const started: object[] = [];
    const surroundings = new StubSurroundings({
      composeService: (_, { replica, bootstrap }) => {
        started.push({ replica, bootstrap });
        return Promise.resolve(composition);
      },
    });
    const words = ['service', '-c', file.path, '--replica', 'b', '--bootstrap'];
    return { surroundings, started, ended: runCommandLine(words, surroundings) };
  }

  it('leaves on the first signal, and exits with 0', async () => {
    const composition = new StubComposition();
    const { surroundings, started, ended } = start(composition);
    await untilTrue(() => started.length === 1);
    expect(started).to.deep.equal([{ replica: 'b', bootstrap: true }]);
    surroundings.signal('SIGTERM');
    expect(await ended).to.equal(0);
    expect(composition.stops).to.equal(1);
    expect(surroundings.stdout.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).to.deep.equal([
      'stopping',
      'stopped',
    ]);
    expect(surroundings.exits).to.deep.equal([]);
  });

  it('exits at once on the second', async () => {
    const composition = new StubComposition(false);
    const { surroundings, started, ended } = start(composition);
    await untilTrue(() => started.length === 1);
    surroundings.signal('SIGINT');
    await untilTrue(() => composition.stops === 1);
    surroundings.signal('SIGINT');
    expect(surroundings.exits).to.deep.equal([1]);
    composition.end();
    await ended;
  });

  it('exits with 0 when it has ended by itself and nothing was wrong', async () => {
    const composition = new StubComposition();
    const { ended } = start(composition);
    composition.end();
    expect(await ended).to.equal(0);
    expect(composition.stops).to.equal(0);
  });

  it('stops what it was asked to stop while that was starting', async () => {
    const composition = new StubComposition();
    let started: (composition: Composition) => void = () => undefined;
    let asked = false;
    const surroundings = new StubSurroundings({
      composeService: () => {
        asked = true;
        return new Promise((resolve) => (started = resolve));
      },
    });
    const ended = runCommandLine(['service', '-c', file.path, '-r', 'a'], surroundings);
    await untilTrue(() => asked);
    surroundings.signal('SIGTERM');
    started(composition);
    expect(await ended).to.equal(0);
    expect(composition.stops).to.equal(1);
  });

  it('lets what waits for somebody else be given up, and exits with 0', async () => {
    let waits = false;
    const surroundings = new StubSurroundings({
      composeService: (_, { signal }) => {
        waits = true;
        return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('given up'))));
      },
    });
    const ended = runCommandLine(['service', '-c', file.path, '-r', 'a'], surroundings);
    await untilTrue(() => waits);
    surroundings.signal('SIGTERM');
    expect(await ended).to.equal(0);
    expect(surroundings.stdout.text).to.contain('stopped before it had started');
    expect(surroundings.exits).to.deep.equal([]);
  });

  it('says where clients connect, to people and to the process that started it', async () => {
    const composition: ClientComposition = {
      addresses: new Map([['cache', '127.0.0.1:40001']]),
      done: Promise.resolve(),
      stop: () => Promise.resolve(),
    };
    const surroundings = new StubSurroundings({ composeClient: () => Promise.resolve(composition) });
    expect(await runCommandLine(['client', '-c', file.path], surroundings)).to.equal(0);
    expect(JSON.parse(surroundings.stdout.text)).to.include({
      role: 'client',
      endpoint: 'cache',
      address: '127.0.0.1:40001',
      msg: 'clients may connect',
    });
    expect(surroundings.told).to.deep.equal([{ lockstep: 'listening', addresses: [['cache', '127.0.0.1:40001']] }]);
  });
});

/** Lets the event loop turn until a condition holds. It is for the test's own timeout to give up. */
async function untilTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
