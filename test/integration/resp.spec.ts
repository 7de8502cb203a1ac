import { expect } from 'chai';
import { askOnce } from '../support/line-connection.js';
import type { LiveGroup } from '../support/live-group/live-group.js';
import { withGroup } from '../support/live-group/with-group.js';
import { requires } from '../support/requires.js';
import { until } from '../support/until.js';
import { RedisProgram } from './redis-program.js';

const example = 'custom-adapter-resp';
const increments = 32_000;

/** What redis-benchmark counts. */
const counter = 'counter:__rand_int__';

describe('Redis with a dialect of its own', function () {
  this.timeout(300_000);

  before(function () {
    requires(this, 'redis-server', 'redis-cli', 'redis-benchmark');
  });

  for (const [connections, file] of [
    ['dedicated', 'lockstep.yaml'],
    ['shared', 'lockstep.shared.yaml'],
  ] as const) {
    it(`F1: serves redis-benchmark through a kill, each increment once, ${connections}`, () =>
      withGroup({ example, file }, async (group) => {
        const words = ['-t', 'set,get,incr', '-n', String(increments), '-c', '50', '-P', '16', '-q'];
        const benchmark = new RedisProgram('redis-benchmark', group.clientPort, ...words);
        try {
          await killAmid(group, benchmark);
          expect(await benchmark.finish(), benchmark.output).to.equal(0);
        } finally {
          benchmark.kill();
        }
        expect(benchmark.output).not.to.match(/error/i);
        await group.untilServicesSay(`:${increments}`, (port) => askOnce(port, `INCRBY ${counter} 0`));
        expect(await askOnce(group.clientPort, `INCRBY ${counter} 0`)).to.equal(`:${increments}`);
      }));
  }

  it('lets redis-cli do transactions, subscribe and block over connections of their own, through a kill', () =>
    withGroup({ example }, async (group) => {
      const subscriber = new RedisProgram('redis-cli', group.clientPort, 'SUBSCRIBE', 'news', 'more');
      const blocked = new RedisProgram('redis-cli', group.clientPort, 'BLPOP', 'queue', '0');
      try {
        await subscriber.untilItSays('more\n2\n');
        await blockedEverywhere(group);
        const transaction = await answers(group, 'MULTI', 'INCR n', 'INCR n', 'PUBLISH news one', 'EXEC', 'HELLO 3');
        expect(transaction).to.match(/^OK\nQUEUED\nQUEUED\nQUEUED\n1\n2\n1\n.*\nproto 3\n/s);
        const attached = await group.attachedHost();
        await attached.killAll();
        expect(await answers(group, 'PUBLISH more two', 'RPUSH queue item', 'PING')).to.equal('1\n1\nPONG\n');
        await subscriber.untilItSays('two\n');
        await blocked.untilItSays('queue\nitem\n');
        expect(subscriber.output).to.match(/more\n2\nmessage\nnews\none\nmessage\nmore\ntwo\n$/);
        expect(await blocked.finish()).to.equal(0);
        attached.start();
        await group.untilMembersAre(...group.names);
        expect(group.log).not.to.contain('gate-timeout');
      } finally {
        subscriber.kill();
        blocked.kill();
      }
    }));

  it('tells redis-cli what cannot be shared, and serves everybody else', () =>
    withGroup({ example, file: 'lockstep.shared.yaml' }, async (group) => {
      for (const request of ['SUBSCRIBE news', 'MULTI', 'BLPOP queue 0', 'SELECT 1', 'MONITOR']) {
        const refused = new RedisProgram('redis-cli', group.clientPort, ...request.split(' '));
        await refused.untilItSays('Write connections: dedicated');
        refused.kill();
      }
      expect(await answers(group, 'SELECT 0', 'SET a b', 'GET a')).to.equal('OK\nOK\nb\n');
      await group.untilServicesSay('$1', (port) => askOnce(port, 'GET a'));
    }));
});

/** Kills the replica that serves the benchmark when it has counted to a third, and starts it again. */
async function killAmid(group: LiveGroup, benchmark: RedisProgram): Promise<void> {
  const attached = await group.attachedHost();
  const port = attached.servicePort ?? 0;
  await until('the benchmark has counted to a third', async () => {
    if (benchmark.hasEnded) throw new Error(`it has ended, after:\n${benchmark.output}`);
    return Number((await askOnce(port, `INCRBY ${counter} 0`)).slice(1)) > increments / 3;
  });
  await attached.killInterceptor();
  attached.start();
  await group.untilMembersAre(...group.names);
}

/** What a redis-cli that gets these lines says. */
async function answers(group: LiveGroup, ...lines: readonly string[]): Promise<string> {
  const session = new RedisProgram('redis-cli', group.clientPort);
  try {
    session.type(...lines);
    await session.finish();
    return session.output;
  } finally {
    session.kill();
  }
}

/** Until every Redis has a client that waits. */
async function blockedEverywhere(group: LiveGroup): Promise<void> {
  for (const { name, servicePort = 0 } of group.hosts) {
    await until(`the service of ${name} has a blocked client`, async () => {
      const session = new RedisProgram('redis-cli', servicePort, 'INFO', 'clients');
      await session.finish();
      return session.output.includes('blocked_clients:1');
    });
  }
}
