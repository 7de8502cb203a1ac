import { expect } from 'chai';
import { LineConnection } from '../support/line-connection.js';
import { withGroup } from '../support/live-group/with-group.js';
import { until } from '../support/until.js';
import { submitJobs, untilJobsAgree } from './job-counting.js';

/** The reply to LIST has a line for each job, and there are so many that they fill every buffer on their way. */
const jobs = 2000;
const lists = 400;
const keptBytesMin = 1024 * 1024;

describe('A client that never reads', function () {
  this.timeout(300_000);

  it('F22: stops nobody else, and gets everything once it reads', () =>
    withGroup({ example: 'job-queue', limits: { connectionWindowBytes: '64 KiB' } }, async (group) => {
      const slow = await LineConnection.open(group.clientPort);
      slow.write('SUBMIT job\n'.repeat(jobs - 1));
      await slow.askForLines('SUBMIT job', `OK ${jobs}`);
      const ends: number[] = [];
      let listed = 0;
      slow.onLine = (line) => {
        if (line === 'END') ends.push(listed);
        listed = line === 'END' ? 0 : listed + 1;
      };
      slow.pause();
      slow.write('LIST\n'.repeat(lists));

      const load = await submitJobs(group, jobs);
      try {
        await load.untilReplied(2000);
      } finally {
        expect(await load.finish()).to.deep.equal([]);
      }
      await group.untilEveryMember('keeps what is not read', ({ cacheBytes }) => cacheBytes > keptBytesMin);
      slow.resume();
      await until('every list has come to its end', () => ends.length === lists);
      expect(ends).to.deep.equal([...ends].sort((one, other) => one - other));
      expect(ends[0]).to.be.at.least(jobs);
      await slow.close();
      await untilJobsAgree(group, jobs + load.replied);
    }));
});
