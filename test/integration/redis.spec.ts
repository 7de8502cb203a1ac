import { askOnce } from '../support/line-connection.js';
import { withGroup } from '../support/live-group/with-group.js';
import { requires } from '../support/requires.js';
import { countThroughKills } from './count-through-kills.js';

const total = 100_000;

describe('Redis, unmodified', function () {
  this.timeout(600_000);

  before(function () {
    requires(this, 'redis-server');
  });

  it('F1: counts to 100,000 for ten clients, each number once, while every replica is killed twice', () =>
    withGroup({ example: 'redis' }, async (group) => {
      // A reply is the number behind a colon.
      await countThroughKills(group, total, { request: 'INCR n\r\n', parse: (line) => Number(line.slice(1)) });
      // Adding nothing is a way to read it in one line.
      await group.untilServicesSay(`:${total}`, (port) => askOnce(port, 'INCRBY n 0'));
    }));
});
