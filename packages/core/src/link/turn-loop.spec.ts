import { expect } from 'chai';
import { TurnLoop } from './turn-loop.js';
import { until } from './until.fixture.js';

describe('turn loop', () => {
  let calls: string[];
  let deadline: number | undefined;
  let questions: number;
  let loop: TurnLoop;

  beforeEach(() => {
    calls = [];
    deadline = undefined;
    questions = 0;
    loop = new TurnLoop(
      {
        flush: () => calls.push('flush'),
        tick: () => {
          calls.push('tick');
          deadline = undefined;
        },
        nextDeadline: () => {
          questions++;
          return deadline;
        },
      },
      () => performance.now(),
    );
  });

  afterEach(() => loop.stop());

  it('flushes once at the end of a turn, however much happened in it', async () => {
    for (let count = 0; count < 5; count++) loop.touch();
    expect(calls).to.deep.equal([]);
    await until(() => calls.length > 0);
    expect(calls).to.deep.equal(['flush']);
    expect(questions).to.equal(1);
  });

  it('flushes at the end of a callback that has brought many bytes, and once for them', async () => {
    loop.touch(10_000);
    await Promise.resolve();
    expect(calls).to.deep.equal([]);
    loop.touch(10_000);
    loop.touch(10_000);
    await Promise.resolve();
    expect(calls).to.deep.equal(['flush']);
    await new Promise(setImmediate);
    expect(calls).to.deep.equal(['flush']);
    loop.touch(1000);
    await Promise.resolve();
    expect(calls).to.deep.equal(['flush']);
  });

  it('keeps many small pieces until the end of the turn', async () => {
    for (let count = 0; count < 100; count++) loop.touch(1000);
    await Promise.resolve();
    expect(calls).to.deep.equal([]);
  });

  it('ticks at the deadline, and ends that turn with a flush', async () => {
    deadline = performance.now() + 10;
    loop.touch();
    await until(() => calls.length === 3);
    expect(calls).to.deep.equal(['flush', 'tick', 'flush']);
  });

  it('moves its timer forward', async () => {
    const start = performance.now();
    deadline = start + 600_000;
    loop.touch();
    await until(() => calls.length === 1);
    deadline = start + 20;
    loop.touch();
    await until(() => calls.includes('tick'));
    expect(performance.now() - start).to.be.at.least(19);
  });

  it('ticks at no deadline that has moved away', async () => {
    const start = performance.now();
    deadline = start + 300;
    loop.touch();
    await until(() => calls.length === 1);
    deadline = start + 330;
    await until(() => calls.includes('tick'));
    expect(performance.now() - start).to.be.at.least(329);
    expect(calls.slice(0, 2)).to.deep.equal(['flush', 'tick']);
  });

  it('calls nobody once it is stopped', async () => {
    deadline = performance.now();
    loop.touch();
    loop.stop();
    loop.touch();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(calls).to.deep.equal([]);
  });
});

describe('turn loop in quiet turns', () => {
  let nowMs: number;
  let flushes: number;
  let loop: TurnLoop;

  beforeEach(async () => {
    nowMs = 0;
    flushes = 0;
    const engine = { flush: () => flushes++, tick: () => undefined, nextDeadline: () => undefined };
    const now = () => nowMs;
    loop = new TurnLoop(engine, now, now);
    for (let count = 0; count < 4; count++) {
      loop.touch();
      await new Promise(setImmediate);
      nowMs += 1;
    }
    flushes = 0;
  });

  it('ends a turn with the callback', async () => {
    loop.touch();
    expect(flushes).to.equal(0);
    await Promise.resolve();
    expect(flushes).to.equal(1);
  });

  it('ends turns with those of the event loop again when they follow each other closely', async () => {
    for (let callback = 0; callback < 5; callback++) {
      loop.touch();
      await Promise.resolve();
    }
    expect(flushes).to.equal(1);
    await new Promise(setImmediate);
    expect(flushes).to.equal(2);
    nowMs += 1;
    loop.touch();
    await Promise.resolve();
    expect(flushes).to.equal(2);
  });

  it('ends turns with those of the event loop again when more than one thing happens in one', async () => {
    loop.touch();
    loop.touch();
    await Promise.resolve();
    expect(flushes).to.equal(1);
    nowMs += 1;
    loop.touch();
    await Promise.resolve();
    expect(flushes).to.equal(1);
  });

  it('counts the time from the end of a flush, however long that took', async () => {
    loop.stop();
    let exactMs = 0;
    const engine = { flush: () => void (exactMs += 5), tick: () => undefined, nextDeadline: () => undefined };
    loop = new TurnLoop(
      engine,
      () => nowMs,
      () => exactMs,
    );
    for (let count = 0; count < 6; count++) {
      loop.touch();
      await new Promise(setImmediate);
      nowMs = exactMs;
    }
    loop.touch();
    await Promise.resolve();
    expect(exactMs).to.equal(30);
    await new Promise(setImmediate);
    expect(exactMs).to.equal(35);
  });

  it('calls nobody once it is stopped', async () => {
    loop.touch();
    loop.stop();
    await new Promise(setImmediate);
    expect(flushes).to.equal(0);
  });
});
