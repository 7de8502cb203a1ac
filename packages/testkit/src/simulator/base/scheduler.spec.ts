import { expect } from 'chai';
import { Random } from './random.js';
import { Scheduler } from './scheduler.js';

describe('Scheduler', () => {
  it('does things in the order of their times, and of their arrangement at equal times, as sorting would', () => {
    const random = new Random(1, 'scheduler');
    const scheduler = new Scheduler();
    const arranged: { at: number; index: number }[] = [];
    const done: string[] = [];
    for (let index = 0; index < 500; index++) {
      const at = random.integer(0, 50);
      arranged.push({ at, index });
      scheduler.at(at, () => done.push(`${scheduler.now}:${index}`));
    }
    while (scheduler.runNext(50));
    const sorted = arranged.sort((one, other) => one.at - other.at || one.index - other.index);
    expect(done).to.deep.equal(sorted.map(({ at, index }) => `${at}:${index}`));
  });

  it('stops at the limit, and goes on from there', () => {
    const scheduler = new Scheduler();
    const done: number[] = [];
    for (const delayMs of [1, 2, 3]) scheduler.after(delayMs, () => done.push(delayMs));
    while (scheduler.runNext(2));
    expect(done).to.deep.equal([1, 2]);
    expect(scheduler.now).to.equal(2);
    while (scheduler.runNext(10));
    expect(done).to.deep.equal([1, 2, 3]);
    expect(scheduler.now).to.equal(10);
  });

  it('leaves out what was cancelled, and takes what is late now', () => {
    const scheduler = new Scheduler();
    const done: string[] = [];
    const cancelled = scheduler.at(5, () => done.push('cancelled'));
    scheduler.at(5, () => scheduler.at(1, () => done.push(`late at ${scheduler.now}`)));
    cancelled.cancelled = true;
    while (scheduler.runNext(9));
    expect(done).to.deep.equal(['late at 5']);
  });
});
