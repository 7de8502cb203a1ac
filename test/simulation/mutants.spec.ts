import { runBatch } from '@lockstep/testkit/simulator';
import { expect } from 'chai';
import { MutantCopy } from './mutant-copy.js';
import { mutants } from './mutants.js';

/** Every mutant must be caught within this many seeds. */
const seedsMax = 300;

describe('Mutants of the protocol (X2)', () => {
  let copy: MutantCopy;

  before(() => (copy = new MutantCopy()));
  after(() => copy.remove());

  for (const mutant of mutants) {
    it(`are caught when they ${mutant.name}`, async function () {
      this.timeout(300_000);
      const { failures } = await copy.mutated(mutant, () =>
        runBatch({ from: 1, count: seedsMax, stopAtFailure: true, worker: copy.worker }),
      );
      expect(failures, `seeds out of ${seedsMax} that notice it`).not.to.be.empty;
    });
  }
});
