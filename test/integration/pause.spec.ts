import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { withGroup } from '../support/live-group/with-group.js';
import { until } from '../support/until.js';
import { submitJobs, untilJobsAgree } from './job-counting.js';

describe('A member that stands still', function () {
  this.timeout(300_000);

  it('F3: for half of what is tolerated, changes nothing', () => {
    const suspectAfterMs = 6000;
    return withGroup({ example: 'job-queue', timing: { suspectAfterMs } }, async (group) => {
      const load = await submitJobs(group);
      try {
        for (const host of group.hosts) {
          const [before] = await group.untilMembersAre(...group.names);
          await load.untilRepliedMore(100);
          host.interceptor.signal('SIGSTOP');
          await pause(suspectAfterMs / 2);
          host.interceptor.signal('SIGCONT');
          await load.untilRepliedMore(100);
          const [after] = await group.untilMembersAre(...group.names);
          expect(after?.view).to.equal(before?.view);
        }
      } finally {
        expect(await load.finish()).to.deep.equal([]);
      }
      await untilJobsAgree(group, load.replied);
    });
  });

  it('F4: for long, is left out, and joins as another incarnation when it wakes', () =>
    withGroup({ example: 'job-queue', timing: { suspectAfterMs: 1500 } }, async (group) => {
      const load = await submitJobs(group);
      try {
        await load.untilRepliedMore(100);
        const sleeper = await group.attachedHost();
        const before = sleeper.status;
        const others = group.names.filter((name) => name !== sleeper.name);
        sleeper.interceptor.signal('SIGSTOP');
        await group.untilMembersAre(...others);
        await load.untilRepliedMore(500);
        sleeper.interceptor.signal('SIGCONT');
        await group.untilMembersAre(...group.names);
        expect(sleeper.status?.pid).to.equal(before?.pid);
        expect(sleeper.status?.incarnation).not.to.equal(before?.incarnation);
        await load.untilRepliedMore(100);
      } finally {
        expect(await load.finish()).to.deep.equal([]);
      }
      await untilJobsAgree(group, load.replied);
    }));

  it('F6: with another one, stops the group until they wake, and clients see no more than a stall', () =>
    withGroup({ example: 'job-queue', timing: { suspectAfterMs: 1500 } }, async (group) => {
      const load = await submitJobs(group);
      try {
        await load.untilRepliedMore(100);
        const awake = await group.attachedHost();
        const sleepers = group.hosts.filter((host) => host !== awake);
        for (const { interceptor } of sleepers) interceptor.signal('SIGSTOP');
        await until('the one that is awake hears no quorum', () => awake.interceptor.log.includes('no-quorum'));
        for (const { interceptor } of sleepers) interceptor.signal('SIGCONT');
        await group.untilMembersAre(...group.names);
        await load.untilRepliedMore(100);
      } finally {
        expect(await load.finish()).to.deep.equal([]);
      }
      await untilJobsAgree(group, load.replied);
    }));
});
