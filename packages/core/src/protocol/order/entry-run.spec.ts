import type { EntryRun, IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { expect } from 'chai';
import { limits } from '../limits.js';
import { joinRuns } from './entry-run.js';

describe('joinRuns', () => {
  it('makes one of small runs that follow each other, and leaves large ones as they are', () => {
    const sender = 'a/1' as IncarnationId;
    const runs = [1, 1, limits.keptRunBytesMin, 1, 1].map((byteLength, index): EntryRun => {
      const firstSubmission = (index + 1) as SubmissionNumber;
      return { sender, firstSubmission, lengths: [byteLength], payload: new Uint8Array(byteLength).fill(index) };
    });
    const joined = joinRuns(runs);
    expect(joined.map(({ firstSubmission, lengths }) => [firstSubmission, lengths.length])).to.deep.equal([
      [1, 2],
      [3, 1],
      [4, 2],
    ]);
    expect(joined[0]!.payload).to.deep.equal(Uint8Array.of(0, 1));
    expect(joined[1]).to.equal(runs[2]);
  });
});
