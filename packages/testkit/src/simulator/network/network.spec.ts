import { expect } from 'chai';
import { Random } from '../base/random.js';
import { Scheduler } from '../base/scheduler.js';
import type { Endpoint, LinkEnd } from './link.js';
import { Network } from './network.js';

type End = LinkEnd<string, string>;

describe('Network', () => {
  let scheduler: Scheduler;
  let network: Network;
  let lost: unknown[];
  let near: End;
  let far: End;

  beforeEach(() => {
    scheduler = new Scheduler();
    network = new Network(scheduler, new Random(1, 'network'), { lowMs: 1, highMs: 9, perKilobyteMs: 0 });
    lost = [];
    network.onLost = (message) => lost.push(message);
    [near, far] = network.connect<string, string>(endpoint('a'), endpoint('b'));
    read(near);
    read(far);
  });

  it('delivers first in, first out, whatever the delays', () => {
    const sent = Array.from({ length: 50 }, (_, index) => String(index));
    for (const message of sent) near.send(message, 'main', 10);
    pass(100);
    expect(read(far)).to.deep.equal(sent);
    expect(near.backlogBytes).to.equal(0);
  });

  it('lets nothing of one lane wait for the other', () => {
    near.send('long', 'transfer', 10);
    network.latency = { lowMs: 0, highMs: 0, perKilobyteMs: 0 };
    near.send('short', 'main', 10);
    pass(0.5);
    expect(read(far)).to.deep.equal(['short']);
  });

  it('holds what comes to a cut, one way only, and delivers it after the cut', () => {
    network.block('a', 'b');
    near.send('held', 'main', 1);
    far.send('through', 'main', 1);
    pass(50);
    expect([read(far), read(near)]).to.deep.equal([[], ['through']]);
    network.unblock('a', 'b');
    pass(50);
    expect(read(far)).to.deep.equal(['held']);
  });

  it('loses what is under way at a reset, and tells both ends', () => {
    near.send('lost', 'main', 1);
    network.reset(near as LinkEnd<unknown, unknown>);
    near.send('behind what is lost', 'main', 1);
    pass(50);
    expect([read(near), read(far), lost]).to.deep.equal([['down'], ['down'], ['lost']]);
  });

  it('delivers a part of what a killed process sent, and then the end', () => {
    for (const message of ['1', '2', '3', '4']) near.send(message, 'main', 1);
    network.abandon(near as LinkEnd<unknown, unknown>);
    pass(50);
    const arrived = read(far);
    expect([...arrived.slice(0, -1), ...lost]).to.deep.equal(['1', '2', '3', '4']);
    expect(arrived.at(-1)).to.equal('down');
  });

  it('lets a host without power be found by its silence alone', () => {
    near.send('lost', 'main', 1);
    network.vanish(near as LinkEnd<unknown, unknown>);
    for (let time = 10; time <= 100; time += 10) {
      pass(10);
      network.sweep(60, () => true);
      expect(read(far)).to.deep.equal(time === 70 ? ['down'] : []);
    }
  });

  it('delivers everything before the end that a process says itself', () => {
    near.send('last words', 'main', 1);
    near.close();
    near.send('ignored', 'main', 1);
    pass(50);
    expect(read(far)).to.deep.equal(['last words', 'down']);
    expect(read(near)).to.deep.equal([]);
  });

  function pass(durationMs: number): void {
    const limit = scheduler.now + durationMs;
    while (scheduler.runNext(limit));
  }
});

function endpoint(host: string): Endpoint {
  return { id: `${host}/1`, host, isRunning: true, wake: () => undefined };
}

function read(end: End): string[] {
  return end
    .read(end.arrivals.length)
    .map((arrival) => (arrival.kind === 'message' ? arrival.message : arrival.kind))
    .filter((text) => text !== 'up');
}
