import { expect } from 'chai';
import { withGroup } from '../support/live-group/with-group.js';
import { submitJobs, untilJobsAgree } from './job-counting.js';

describe('A rolling restart', function () {
  this.timeout(300_000);

  it('F33: of all replicas in turn, under load, is seen by no client', () =>
    withGroup({ example: 'job-queue' }, async (group) => {
      const load = await submitJobs(group);
      try {
        for (const host of group.hosts) {
          await load.untilRepliedMore(200);
          host.interceptor.signal('SIGTERM');
          expect(await host.interceptor.ended).to.deep.equal({ code: 0, signal: null });
          host.start();
          await group.untilMembersAre(...group.names);
        }
        await load.untilRepliedMore(200);
      } finally {
        expect(await load.finish()).to.deep.equal([]);
      }
      await untilJobsAgree(group, load.replied);
    }));
});
