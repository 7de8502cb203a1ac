import { expect } from 'chai';
import { judge } from '../client/detector.mjs';

/** Two connections that each sent four requests in turn, 10 ms apart, and had every reply after 2 ms. */
function goodRun() {
  const histories = [1, 2].map((number) => ({ number, requests: [], replies: [], failure: null }));
  const jobs = [];
  for (let id = 1; id <= 8; id += 1) {
    const history = histories[(id + 1) % 2];
    const name = `job-${id}`;
    history.requests.push({ name, sentMs: id * 10 });
    history.replies.push({ line: `OK ${id}`, atMs: id * 10 + 2 });
    jobs.push({ id, name });
  }
  return { histories, states: [jobs, [...jobs], [...jobs]] };
}

/** What is found when something is done to a good run. */
function findingsAfter(spoil) {
  const { histories, states } = goodRun();
  spoil(histories, states);
  return judge(histories, states);
}

const NOTHING = { lost: [], doubled: [], reordered: [], refused: [], failures: [] };

describe('the detector', () => {
  it('finds nothing wrong in a good run', () => {
    expect(findingsAfter(() => {})).to.deep.equal({ ...NOTHING, requests: 8, longestStallMs: 2 });
  });

  it('passes over jobs that somebody else submitted', () => {
    const findings = findingsAfter((_, states) => states.forEach((jobs) => jobs.push({ id: 9, name: 'of-a-visitor' })));
    expect(findings).to.deep.include(NOTHING);
  });

  it('judges nothing without a final state', () => {
    expect(() => judge(goodRun().histories, [])).to.throw('no final state');
  });

  describe('loss', () => {
    it('finds a last reply that never came', () => {
      const findings = findingsAfter(([first]) => first.replies.pop());
      expect(findings).to.deep.include({ ...NOTHING, lost: ['job-7'] });
    });

    it('finds a reply left out in the middle, and blames no other', () => {
      const findings = findingsAfter(([first]) => first.replies.splice(1, 1));
      expect(findings).to.deep.include({ ...NOTHING, lost: ['job-3'] });
    });

    it('finds a job that is missing in one replica, although it was answered', () => {
      for (const replica of [0, 1, 2]) {
        const findings = findingsAfter((_, states) => states[replica].splice(4, 1));
        expect(findings, `replica ${replica}`).to.deep.include({ ...NOTHING, lost: ['job-5'] });
      }
    });

    it('finds everything lost when nobody answered', () => {
      const findings = findingsAfter((histories) => histories.forEach((history) => (history.replies = [])));
      expect(findings.lost).to.have.length(8);
    });
  });

  describe('doubling', () => {
    it('finds a job that was executed twice, in any replica', () => {
      for (const replica of [0, 1, 2]) {
        const findings = findingsAfter((_, states) => states[replica].push({ id: 9, name: 'job-2' }));
        expect(findings, `replica ${replica}`).to.deep.include({ ...NOTHING, doubled: ['job-2'] });
      }
    });

    it('finds a job that was executed twice and answered twice', () => {
      const findings = findingsAfter(([first], states) => {
        states.forEach((jobs) => jobs.push({ id: 9, name: 'job-7' }));
        first.replies.push({ line: 'OK 9', atMs: 90 });
      });
      expect(findings).to.deep.include({ ...NOTHING, doubled: ['job-7'] });
    });

    it('finds a reply that came twice, at the end and in the middle', () => {
      for (const at of [0, 1, 2, 3]) {
        const findings = findingsAfter(([first]) => first.replies.splice(at, 0, first.replies[at]));
        expect(findings, `reply ${at}`).to.deep.include({ ...NOTHING, doubled: [`job-${2 * at + 1}`] });
      }
    });

    it('finds a reply too many that tells of no job', () => {
      const findings = findingsAfter(([first]) => first.replies.push({ line: 'OK 77', atMs: 90 }));
      expect(findings).to.deep.include({ ...NOTHING, doubled: ['job-7'] });
    });
  });

  describe('reordering', () => {
    it('finds two replies of one connection that changed places', () => {
      const findings = findingsAfter(([first]) => first.replies.splice(1, 2, first.replies[2], first.replies[1]));
      expect(findings).to.deep.include({ ...NOTHING, reordered: ['job-3'] });
    });

    it('finds two requests of one connection that were executed the other way round', () => {
      const findings = findingsAfter(([first], states) => {
        for (const jobs of states) [jobs[2].name, jobs[4].name] = ['job-5', 'job-3'];
        [first.replies[1].line, first.replies[2].line] = ['OK 5', 'OK 3'];
      });
      expect(findings).to.deep.include({ ...NOTHING, reordered: ['job-5'] });
    });

    it('finds a reply that went to another connection', () => {
      const findings = findingsAfter(([first, second]) => second.replies.push(first.replies.pop()));
      expect(findings).to.deep.include({ ...NOTHING, lost: ['job-7'], reordered: ['job-7'] });
    });

    it('finds replies that two connections have exchanged', () => {
      const findings = findingsAfter(([first, second]) => {
        [first.replies, second.replies] = [second.replies, first.replies];
      });
      expect(findings.reordered).to.have.length(8);
    });
  });

  it('finds a request that was refused, and does not call it lost', () => {
    const findings = findingsAfter(([first], states) => {
      first.replies[1].line = 'ERR the queue has taken all the jobs it can';
      states.forEach((jobs) => jobs.splice(2, 1));
    });
    expect(findings).to.deep.include({ ...NOTHING, refused: ['job-3'] });
  });

  it('finds the longest stall, wherever it was', () => {
    const findings = findingsAfter((histories) => (histories[1].replies[2].atMs += 400));
    expect(findings).to.deep.include({ ...NOTHING, longestStallMs: 402 });
  });

  it('finds a connection that broke', () => {
    const findings = findingsAfter((histories) => (histories[1].failure = 'read ECONNRESET'));
    expect(findings).to.deep.include({ ...NOTHING, failures: ['connection 2: read ECONNRESET'] });
  });
});
