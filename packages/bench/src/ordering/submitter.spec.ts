import type { EntryRun, GroupEngine, IncarnationId, OrderNumber } from '@lockstep/contracts';
import { expect } from 'chai';
import { Submitter } from './submitter.js';

const self = 'a/1' as IncarnationId;

/** Takes down what it is told. */
class SilentEngine implements Pick<GroupEngine, 'submit' | 'executed'> {
  submitted = 0;
  executedThrough = 0;

  submit(): void {
    this.submitted++;
  }

  executed(through: OrderNumber): void {
    this.executedThrough = through;
  }
}

function run(sender: string, count: number): EntryRun {
  return {
    sender,
    firstSubmission: 1,
    lengths: new Array<number>(count).fill(1),
    payload: new Uint8Array(count),
  } as never;
}

describe('bench: submitter', () => {
  it('submits the next entry for each own one that has become stable, and counts no others', () => {
    const engine = new SilentEngine();
    const submitter = new Submitter(engine as unknown as GroupEngine, self, 3, () => undefined);
    submitter.fill(new Uint8Array(1), 10);
    expect(engine.submitted).to.equal(10);
    submitter.onOrdered({ first: 1 as OrderNumber, runs: [run('b/1', 5), run(self, 3), run(self, 2)] });
    expect(engine.executedThrough).to.equal(10);
    submitter.onStable(8 as OrderNumber);
    expect([submitter.stableEntries, engine.submitted]).to.deep.equal([3, 13]);
    submitter.onStable(10 as OrderNumber);
    expect([submitter.stableEntries, engine.submitted]).to.deep.equal([5, 15]);
  });

  it('holds back while the engine wants no more, and is idle when all has come back after the end', () => {
    const engine = new SilentEngine();
    const submitter = new Submitter(engine as unknown as GroupEngine, self, 3, () => undefined);
    submitter.onWritable(false);
    submitter.fill(new Uint8Array(1), 2);
    expect(engine.submitted).to.equal(0);
    submitter.onWritable(true);
    expect(engine.submitted).to.equal(2);
    submitter.stop();
    submitter.onOrdered({ first: 1 as OrderNumber, runs: [run(self, 2)] });
    submitter.onStable(2 as OrderNumber);
    expect([engine.submitted, submitter.isIdle]).to.deep.equal([2, true]);
  });
});
