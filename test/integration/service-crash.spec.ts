import { expect } from 'chai';
import { withGroup } from '../support/live-group/with-group.js';
import { submitJobs, untilJobsAgree } from './job-counting.js';

describe('A service that crashes on one replica', function () {
  this.timeout(300_000);

  it('F24: takes its member out of the group until it has caught up again, and no client sees it', () =>
    withGroup({ example: 'job-queue' }, async (group) => {
      const load = await submitJobs(group);
      try {
        // The attached replica and, when clients have gone elsewhere, the one that they are attached to then.
        for (const round of [1, 2]) {
          await load.untilReplied(200 * round);
          const victim = await group.attachedHost();
          const before = victim.status;
          victim.killService();
          await group.untilEveryMember('is in a later view', ({ view }) => view > (before?.view ?? 0));
          await group.untilMembersAre(...group.names);
          const after = victim.status;
          expect(after?.pid).to.equal(before?.pid);
          expect(after?.incarnation).not.to.equal(before?.incarnation);
          expect(after?.servicePid).to.be.a('number').and.not.equal(before?.servicePid);
        }
        await load.untilRepliedMore(200);
      } finally {
        expect(await load.finish()).to.deep.equal([]);
      }
      await untilJobsAgree(group, load.replied);
    }));
});
