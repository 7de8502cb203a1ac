import { expect } from 'chai';
import { Random } from './random.js';

const draw = (random: Random): number[] => Array.from({ length: 20 }, () => random.integer(0, 1_000_000));

describe('Random', () => {
  it('draws the same for the same seed and stream, and something else otherwise', () => {
    const drawn = draw(new Random(7, 'one'));
    expect(draw(new Random(7, 'one'))).to.deep.equal(drawn);
    for (const other of [
      new Random(8, 'one'),
      new Random(7, 'two'),
      new Random(7 + 2 ** 32, 'one'),
      new Random(7, 'one').fork('x'),
    ]) {
      expect(draw(other)).not.to.deep.equal(drawn);
    }
  });

  it('stays within its bounds and reaches both', () => {
    const random = new Random(1, 'bounds');
    const seen = new Set(Array.from({ length: 200 }, () => random.integer(3, 6)));
    expect([...seen].sort()).to.deep.equal([3, 4, 5, 6]);
    for (let count = 0; count < 200; count++) expect(random.delayMs(0.5, 2)).to.be.within(0.5, 2);
  });

  it('picks by weight, and never what has none', () => {
    const random = new Random(1, 'weights');
    const picks = Array.from({ length: 1000 }, () =>
      random.pickWeighted([['a', 3] as const, ['b', 0] as const, ['c', 1] as const]),
    );
    expect(picks).not.to.include('b');
    expect(picks.filter((pick) => pick === 'a').length).to.be.within(650, 850);
  });

  it('shuffles without losing anything', () => {
    const items = ['a', 'b', 'c', 'd', 'e'];
    expect(new Random(1, 'shuffle').shuffled(items).sort()).to.deep.equal(items);
  });
});
