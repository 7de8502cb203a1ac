import { expect } from 'chai';
import { Fifo } from './fifo.js';

describe('a queue', () => {
  it('does what an array does', () => {
    const fifo = new Fifo<number>();
    const naive: number[] = [];
    let state = 1;
    for (let step = 0; step < 5000; step++) {
      state = (state * 48_271) % 2_147_483_647;
      const choice = state % 5;
      // Grows for a while, and then shrinks.
      if (choice < (step < 2500 ? 3 : 2)) {
        fifo.push(step);
        naive.push(step);
      } else if (choice === 4 && naive.length > 0) {
        fifo.replaceFirst(-step);
        naive[0] = -step;
      } else {
        expect(fifo.shift()).to.equal(naive.shift());
      }
      expect([fifo.length, fifo.first, fifo.at(3)]).to.deep.equal([naive.length, naive[0], naive[3]]);
      if (step % 100 === 0) expect(fifo.toArray()).to.deep.equal(naive);
    }
  });

  it('is empty when it is cleared', () => {
    const fifo = new Fifo<string>();
    fifo.push('a');
    fifo.clear();
    expect([fifo.length, fifo.first, fifo.shift(), fifo.at(0)]).to.deep.equal([0, undefined, undefined, undefined]);
  });
});
