import { expect } from 'chai';
import { World } from './model/world.fixture.js';

const worlds = 500;
const stepsPerWorld = 800;

/** What has to happen in some world, or the others prove little. */
const marks = [
  'attached',
  'member-lost',
  'member-silent',
  'client-silent',
  'view change',
  'entries lost',
  'entries lost and submitted again',
  'refused: superseded',
  'refused: leaving',
  'refused: not-a-member',
  'client-expired',
  'expired',
  'gave-up',
  'rejected',
  'output paused',
  'input paused',
  'connection broken',
  'connection completed',
];

describe('virtual connections in random worlds', () => {
  it('lose, double and reorder nothing', function () {
    this.timeout(120_000);
    const seen = new Set<string>();
    for (let seed = 1; seed <= worlds; seed++) {
      const world = new World(seed);
      try {
        world.run(stepsPerWorld);
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
      for (const mark of world.truth.marks.keys()) seen.add(mark);
    }
    expect([...seen]).to.include.members(marks);
  });
});
