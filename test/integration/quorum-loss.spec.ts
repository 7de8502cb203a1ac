import { expect } from 'chai';
import { LineConnection } from '../support/line-connection.js';
import { withGroup } from '../support/live-group/with-group.js';
import { until } from '../support/until.js';

describe('A group that has lost its majority', function () {
  this.timeout(300_000);

  it('F34: answers nothing any more, and says so by a close once it is given up', () =>
    withGroup({ example: 'job-queue', timing: { giveUpAfterMs: 8000 } }, async (group) => {
      const attached = await group.attachedHost();
      const others = group.hosts.filter((host) => host !== attached);
      const client = await LineConnection.open(group.clientPort);
      expect(await client.ask('SUBMIT job')).to.equal('OK 1');
      const answers: string[] = [];
      client.onLine = (line) => answers.push(line);
      // The survivor is the one that the client is attached to, so that nothing else keeps the answer from it.
      await Promise.all(others.map((host) => host.killAll()));
      client.write('SUBMIT job\n');
      await until('the client interceptor gives up', () => client.end !== 'open');
      expect(client.end).to.be.an('error').with.property('code', 'ECONNRESET');
      expect(answers).to.deep.equal([]);
    }));
});
