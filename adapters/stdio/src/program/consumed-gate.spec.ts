import { turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import type { Activity } from './activity.js';
import { ConsumedGate } from './consumed-gate.js';

const quietMs = 100;

describe('the gate consumed of a program', () => {
  let activity: Activity;
  let looks: number;
  let idles: number;
  let gate: ConsumedGate;

  beforeEach(() => {
    activity = 'working';
    looks = 0;
    idles = 0;
    gate = new ConsumedGate(quietMs, {
      look: () => {
        looks += 1;
        return activity;
      },
      onIdle: () => (idles += 1),
    });
  });

  afterEach(() => gate.close());

  it('does not look before it is asked, nor before everything is in the pipe', async () => {
    expect(gate.busy).to.equal(false);
    gate.sent();
    await turns(3);
    expect(looks).to.equal(0);
    expect(gate.busy).to.equal(true);
    await turns(3);
    expect(looks).to.equal(0);
    gate.taken();
    await until('it looks', () => looks > 0);
    expect(idles).to.equal(0);
  });

  it('a program that waits for its input has finished, without any waiting', async () => {
    activity = 'reading';
    gate.sent();
    gate.taken();
    expect(gate.busy).to.equal(true);
    await turns(2);
    expect([gate.busy, idles, looks]).to.deep.equal([false, 1, 2]);
  });

  it('a program that is at work has not, however long it takes', async () => {
    gate.sent();
    gate.taken();
    expect(gate.busy).to.equal(true);
    await until('it has looked often', () => looks >= 6);
    expect(idles).to.equal(0);
    activity = 'reading';
    await until('it is told', () => idles === 1);
    expect(gate.busy).to.equal(false);
  });

  it('a program that sleeps has finished when it has been quiet for a while', async () => {
    activity = 'asleep';
    gate.sent();
    gate.taken();
    const start = performance.now();
    expect(gate.busy).to.equal(true);
    await until('it is told', () => idles === 1);
    expect(performance.now() - start).to.be.at.least(quietMs - 1);
  });

  it('what it says in its sleep begins the while anew', async () => {
    activity = 'asleep';
    gate.sent();
    gate.taken();
    expect(gate.busy).to.equal(true);
    const start = performance.now();
    while (performance.now() - start < 2 * quietMs) {
      await turns(1);
      gate.answered();
    }
    expect(idles).to.equal(0);
    await until('it is told', () => idles === 1);
  });

  it('a program that ends has finished once that is known', async () => {
    activity = 'ending';
    gate.sent();
    gate.taken();
    expect(gate.busy).to.equal(true);
    await until('it has looked often', () => looks >= 6);
    expect(idles).to.equal(0);
    gate.ended();
    await until('it is told', () => idles === 1);
    expect(gate.busy).to.equal(false);
  });

  it('tells nothing after it was closed', async () => {
    activity = 'reading';
    gate.sent();
    gate.taken();
    expect(gate.busy).to.equal(true);
    gate.close();
    await turns(3);
    expect([gate.busy, idles]).to.deep.equal([false, 0]);
  });
});
