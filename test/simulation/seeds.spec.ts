import { readFileSync } from 'node:fs';
import {
  describeFailedSeed,
  drawPlan,
  markNames,
  runBatch,
  runWorld,
  type BatchResult,
} from '@lockstep/testkit/simulator';
import { expect } from 'chai';

const seeds = { from: 1, count: 1000 };

describe('Simulated worlds', () => {
  let result: BatchResult;

  it(`hold every invariant in ${seeds.count} seeds`, async function () {
    this.timeout(1_200_000);
    result = await runBatch({ ...seeds, stopAtFailure: false });
    expect(result.failures.map(describeFailedSeed).join('\n\n')).to.equal('');
    expect(result.seeds).to.equal(seeds.count);
  });

  for (const mark of markNames) {
    it(`see this happen in a batch: ${mark} (X3)`, () => {
      expect(result.marks.get(mark) ?? 0).to.be.greaterThan(0);
    });
  }

  it('are the same world again for the same seed (X1)', () => {
    const hashes = new Set<string>();
    for (const seed of [1, 2, 3, 4, 5]) {
      const [once, again] = [runWorld(drawPlan(seed)), runWorld(drawPlan(seed))];
      expect(again.hash, `trace of seed ${seed}`).to.equal(once.hash);
      expect(again.counts).to.deep.equal(once.counts);
      hashes.add(once.hash);
    }
    expect(hashes.size, 'different seeds, different worlds').to.equal(5);
  });
});

describe('Seeds that once found a fault', () => {
  // The compiled spec is in test/dist/simulation.
  const lines = readFileSync(new URL('../../simulation/seeds.txt', import.meta.url), 'utf8').split('\n');
  const known = lines.filter((line) => /^\d/.test(line)).map((line) => /^(\d+) (.*)$/.exec(line)!);

  it('are listed', () => expect(known).not.to.be.empty);

  for (const [, seed, fault] of known) {
    it(`${seed} finds it no more: ${fault}`, function () {
      this.timeout(60_000);
      const { failure } = runWorld(drawPlan(Number(seed)));
      expect(failure?.message).to.equal(undefined);
    });
  }
});
