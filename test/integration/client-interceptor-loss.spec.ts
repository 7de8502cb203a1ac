import { expect } from 'chai';
import { LineConnection } from '../support/line-connection.js';
import { withGroup } from '../support/live-group/with-group.js';
import { until } from '../support/until.js';
import { untilJobsAgree } from './job-counting.js';

describe('A client interceptor that is killed', function () {
  this.timeout(300_000);

  it('F2: takes its clients with it; its session expires on all replicas, and others notice nothing', () =>
    withGroup({ example: 'job-queue', timing: { expireClientAfterMs: 6000 } }, async (group) => {
      const other = await group.addClientInterceptor();
      const orphans = await Promise.all([1, 2, 3].map(() => LineConnection.open(group.clientPort)));
      const onlooker = await LineConnection.open(other.port);
      for (const connection of [...orphans, onlooker]) expect(await connection.ask('SUBMIT job')).to.match(/^OK /);
      await group.untilEveryMember('has four connections', ({ connections }) => connections === 4);

      await group.clientInterceptor.kill();
      await until('the clients see a close', () => orphans.every(({ end }) => end !== 'open'));
      expect(await onlooker.ask('SUBMIT job')).to.equal('OK 5');
      await group.untilEveryMember('has one connection and one client', ({ connections, clients }) => {
        return connections === 1 && clients.length === 1;
      });
      expect(await onlooker.ask('SUBMIT job')).to.equal('OK 6');
      expect(onlooker.end).to.equal('open');
      await onlooker.close();
      await untilJobsAgree(group, 6);
    }));
});
