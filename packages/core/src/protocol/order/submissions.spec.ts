import type { IncarnationId, SubmissionNumber } from '@lockstep/contracts';
import { expect } from 'chai';
import { limits } from '../limits.js';
import { Submissions } from './submissions.js';

describe('Submissions', () => {
  const self = 'a/1' as IncarnationId;
  const small = (value: number): Uint8Array => Uint8Array.of(value);
  const large = new Uint8Array(limits.keptRunBytesMin);
  let submissions: Submissions;

  beforeEach(() => (submissions = new Submissions(self)));

  it('puts small entries together, and leaves large ones as they are', () => {
    submissions.gather([small(1), small(2), large, large, small(3)]);
    const runs = submissions.takeRuns();
    expect(runs.map(({ firstSubmission, lengths }) => [firstSubmission, lengths])).to.deep.equal([
      [1, [1, 1]],
      [3, [large.length]],
      [4, [large.length]],
      [5, [1]],
    ]);
    expect(runs[0]!.payload).to.deep.equal(Uint8Array.of(1, 2));
    expect(runs[1]!.payload).to.equal(large);
    expect(submissions.takeRuns()).to.deep.equal([]);
  });

  it('keeps what is not ordered, in its order', () => {
    submissions.gather([small(1), small(2), large]);
    submissions.takeRuns();
    submissions.gather([small(4)]);
    expect(submissions.waiting).to.equal(4);
    submissions.takeRuns();
    submissions.ordered(1 as SubmissionNumber);
    expect(submissions.waiting).to.equal(3);
    expect(submissions.after(0).map(({ firstSubmission }) => firstSubmission)).to.deep.equal([2, 3, 4]);
    submissions.ordered(3 as SubmissionNumber);
    expect(submissions.after(0)).to.deep.equal([{ sender: self, firstSubmission: 4, lengths: [1], payload: small(4) }]);
    submissions.ordered(4 as SubmissionNumber);
    expect(submissions.waiting).to.equal(0);
  });
});
