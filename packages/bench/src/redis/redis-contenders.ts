import { loopback } from '../network/host.js';
import { waitUntil } from '../measure/wait-until.js';
import type { Program } from '../programs/program.js';
import { findFreePorts } from '../programs/free-ports.js';
import type { RedisContender, RedisSetup } from './redis-contender.js';
import { askRedis, redisObstacle, startRedis } from './redis-server.js';
import { setTraffic } from './set-traffic.js';

const startTimeoutMs = 10_000;
const replicaCount = 2;
/** What a user gives to WAIT so that a lost replica does not hold it up for ever. */
const waitMs = 1000;

/** One server, which loses everything that it was the only one to know. */
export const redisAlone: RedisContender = {
  name: 'Redis alone',
  description: 'one server; nothing survives it',
  obstacle: redisObstacle,
  traffic: setTraffic(),
  start: async (folder) => {
    const [port] = (await findFreePorts(1)) as [number];
    const server = startRedis(folder, port);
    await untilAnswering(port);
    return setupOf([server], port, [port]);
  },
};

/** Its own replication, with the one way that it offers to know that a value is on the replicas. */
export const redisWait: RedisContender = {
  name: 'Redis, WAIT 2',
  description:
    'one server with two replicas of its own; a SET counts when WAIT 2 says that both have it; of a pipeline of 16, the ' +
    'last SET is followed by one WAIT. A failover may still lose what was waited for, and is not part of it',
  obstacle: redisObstacle,
  traffic: setTraffic({ request: `WAIT ${replicaCount} ${waitMs}\r\n`, reply: `:${replicaCount}\r\n` }),
  start: (folder) => startWithReplicas(folder),
};

/** The same, for clients on the server's own host. Redis has no such way to its replicas. */
export const redisWaitUnix: RedisContender = {
  name: 'Redis, WAIT 2, unix socket',
  description: 'as Redis, WAIT 2; but its clients come over a unix socket',
  obstacle: redisObstacle,
  traffic: redisWait.traffic,
  start: (folder) => startWithReplicas(folder, `${folder}/redis.sock`),
};

async function startWithReplicas(folder: string, path?: string): Promise<RedisSetup> {
  const [port, ...replicaPorts] = (await findFreePorts(1 + replicaCount)) as [number, ...number[]];
  const primary = startRedis(folder, port, ...(path === undefined ? [] : ['--unixsocket', path]));
  await untilAnswering(port);
  const replicas = replicaPorts.map((own) =>
    startRedis(folder, own, '--replicaof', '127.0.0.1', `${port}`, '--repl-diskless-sync-delay', '0'),
  );
  await waitUntil('The replicas of Redis follow', startTimeoutMs, async () => {
    const [, waited] = await askRedis(port, 'SET ready 1', `WAIT ${replicaCount} 100`);
    return waited === `:${replicaCount}` || undefined;
  });
  return {
    ...setupOf([primary, ...replicas], port, [port, ...replicaPorts]),
    ...(path === undefined ? {} : { clientAddress: { path } }),
  };
}

function setupOf(programs: readonly Program[], clientPort: number, serverPorts: readonly number[]): RedisSetup {
  return {
    clientAddress: { host: loopback.address, port: clientPort },
    serverPorts,
    pids: () => Promise.resolve(programs.map(({ pid }) => pid)),
    stop: async () => {
      await Promise.all(programs.map((program) => program.stop()));
    },
  };
}

async function untilAnswering(port: number): Promise<void> {
  await waitUntil('Redis answers', startTimeoutMs, async () => {
    const [answer] = await askRedis(port, 'PING');
    return answer === '+PONG' || undefined;
  });
}
