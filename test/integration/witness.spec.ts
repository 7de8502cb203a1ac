import { expect } from 'chai';
import { withGroup } from '../support/live-group/with-group.js';
import { submitJobs, untilJobsAgree } from './job-counting.js';

describe('Two replicas with a witness', function () {
  this.timeout(300_000);

  it('F1: survive the loss of either, and of the witness, and take each back', () =>
    withGroup({ example: 'job-queue', replicas: ['a', 'b'], witnesses: ['w'] }, async (group) => {
      const load = await submitJobs(group);
      try {
        for (const victim of group.hosts) {
          await load.untilRepliedMore(200);
          await victim.killAll();
          // Clients are served by what is left, not only after the victim is back.
          await group.untilMembersAre(...group.names.filter((name) => name !== victim.name));
          await load.untilRepliedMore(200);
          victim.start();
          await group.untilMembersAre(...group.names);
        }
      } finally {
        expect(await load.finish()).to.deep.equal([]);
      }
      await untilJobsAgree(group, load.replied);
    }));
});
