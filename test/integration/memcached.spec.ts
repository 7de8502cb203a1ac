import { expect } from 'chai';
import { LineConnection } from '../support/line-connection.js';
import { withGroup } from '../support/live-group/with-group.js';
import { requires } from '../support/requires.js';
import { countThroughKills } from './count-through-kills.js';

const total = 100_000;

describe('memcached, unmodified', function () {
  this.timeout(600_000);

  before(function () {
    requires(this, 'memcached');
  });

  it('F1: counts to 100,000 for ten clients, each number once, while every replica is killed twice', () =>
    withGroup({ example: 'memcached' }, async (group) => {
      const connection = await LineConnection.open(group.clientPort);
      connection.write('set n 0 0 1\r\n');
      expect(await connection.ask('0')).to.equal('STORED');
      await connection.close();
      await countThroughKills(group, total, { request: 'incr n 1\r\n', parse: Number });
      await group.untilServicesSay(String(total), readCounter);
    }));
});

/** The counter in the memcached at this port. */
async function readCounter(port: number): Promise<string> {
  const connection = await LineConnection.open(port);
  const [, value = 'nothing'] = await connection.askForLines('get n', 'END');
  await connection.close();
  return value;
}
