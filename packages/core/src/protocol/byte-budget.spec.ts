import { expect } from 'chai';
import { ByteBudget } from './byte-budget.js';

describe('a byte budget', () => {
  it('gives everybody the window while there is enough for all', () => {
    const budget = new ByteBudget(100, 1000, 10);
    budget.change(0, 1000);
    expect([budget.bytes, budget.exceeded, budget.windowBytes]).to.deep.equal([1000, false, 100]);
  });

  it('gives everybody who holds something a fair share when there is not', () => {
    const budget = new ByteBudget(100, 120, 10);
    budget.change(0, 90);
    budget.change(0, 50);
    budget.change(50, 40);
    expect([budget.bytes, budget.exceeded, budget.windowBytes]).to.deep.equal([130, true, 60]);
    budget.change(40, 0);
    expect([budget.bytes, budget.exceeded, budget.windowBytes]).to.deep.equal([90, false, 100]);
  });

  it('gives everybody enough to go on', () => {
    const budget = new ByteBudget(100, 120, 10);
    for (let holder = 0; holder < 50; holder++) budget.change(0, 3);
    expect(budget.windowBytes).to.equal(10);
  });
});
