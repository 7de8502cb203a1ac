import { expect } from 'chai';
import type { OrderNumber } from '@lockstep/contracts';
import type { ConnectionKey, ServiceOperation } from '../protocol/connections/replica-io.js';
import { OperationQueue } from './operation-queue.js';

const end = (name: string): ServiceOperation => ({ kind: 'end', connection: name as ConnectionKey });

describe('OperationQueue', () => {
  it('gives operations back in order, with the entry of each', () => {
    const queue = new OperationQueue();
    queue.push(3 as OrderNumber, [end('a'), end('b')]);
    queue.push(5 as OrderNumber, [end('c')]);
    const taken: unknown[] = [];
    while (queue.first) {
      taken.push([queue.size, queue.firstOrder, queue.first.connection]);
      queue.shift();
    }
    expect(taken).to.deep.equal([
      [3, 3, 'a'],
      [2, 3, 'b'],
      [1, 5, 'c'],
    ]);
    expect(queue.firstOrder).to.equal(undefined);
  });

  it('keeps the order over many laps', () => {
    const queue = new OperationQueue();
    const taken: number[] = [];
    let pushed = 0;
    for (let lap = 0; lap < 200; lap += 1) {
      for (let count = 0; count < 50; count += 1) queue.push(++pushed as OrderNumber, [end('a')]);
      for (let count = 0; count < 40; count += 1) {
        taken.push(queue.firstOrder ?? 0);
        queue.shift();
      }
    }
    expect(taken).to.deep.equal(Array.from({ length: 8000 }, (_, index) => index + 1));
    expect(queue.size).to.equal(2000);
  });

  it('is empty after clear', () => {
    const queue = new OperationQueue();
    queue.push(1 as OrderNumber, [end('a'), end('b')]);
    queue.shift();
    queue.clear();
    expect([queue.size, queue.first, queue.firstOrder]).to.deep.equal([0, undefined, undefined]);
    queue.push(2 as OrderNumber, [end('c')]);
    expect(queue.first?.connection).to.equal('c');
  });
});
