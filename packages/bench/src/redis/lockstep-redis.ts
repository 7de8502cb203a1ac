import { type GroupPlan, serviceSocketIn } from '../lockstep/group-plan.js';
import { LockstepGroup } from '../lockstep/lockstep-group.js';
import { loopback } from '../network/host.js';
import type { RedisContender, RedisSetup } from './redis-contender.js';
import { redisCommand, redisObstacle } from './redis-server.js';
import { setTraffic } from './set-traffic.js';

const replicaCount = 3;
const dialect = 'lockstep-adapter-resp';
/** What Redis takes with one read of a socket. */
const redisReadBytes = 16 * 1024;

/** A byte stream for each client, as anybody can have it at once. */
export const lockstepDedicated: RedisContender = {
  name: 'Lockstep, dedicated',
  description:
    'the adapter tcp with its gate consumed, which knows of Redis only how much it reads at once, and a connection to each ' +
    'server for each client',
  obstacle: redisObstacle,
  traffic: setTraffic(),
  start: (folder) =>
    startGroup(folder, { adapter: '@lockstep/adapter-tcp', gate: 'consumed', options: { readBytes: redisReadBytes } }),
};

/** The requests of all clients over one connection to each server. */
export const lockstepShared: RedisContender = {
  name: 'Lockstep, shared',
  description: `the dialect ${dialect}, and one connection to each server for all clients`,
  obstacle: redisObstacle ?? dialectObstacle(),
  traffic: setTraffic(),
  start: (folder) => startGroup(folder, { adapter: dialect, connections: 'shared' }),
};

function dialectObstacle(): string | undefined {
  try {
    import.meta.resolve(dialect);
    return undefined;
  } catch {
    return `${dialect} is not installed`;
  }
}

/** The same, with links as between hosts. */
export const lockstepTcp: RedisContender = {
  name: 'Lockstep, shared, TCP',
  description: 'as Lockstep, shared; but its processes are linked by TCP, as if each were on a host of its own',
  obstacle: lockstepShared.obstacle,
  traffic: setTraffic(),
  start: (folder) => startGroup(folder, { adapter: dialect, connections: 'shared' }, { localLinks: false }),
};

/** The same, as one has it where a client interceptor stands beside its clients: either end of the way is a unix socket. */
export const lockstepUnix: RedisContender = {
  name: 'Lockstep, shared, unix sockets',
  description:
    `as Lockstep, shared; the clients reach their interceptor, and the others their servers, over unix sockets, for both are ` +
    'neighbours on one host',
  obstacle: lockstepShared.obstacle,
  traffic: setTraffic(),
  start: (folder) => startGroup(folder, { adapter: dialect, connections: 'shared' }, { socketFolder: folder }),
};

async function startGroup(
  folder: string,
  endpoint: GroupPlan['endpoint'],
  more: Pick<GroupPlan, 'socketFolder' | 'localLinks'> = {},
): Promise<RedisSetup> {
  const { socketFolder } = more;
  const unixSocket = socketFolder === undefined ? '' : ` --unixsocket '${serviceSocketIn(socketFolder)}'`;
  const group = await LockstepGroup.start(folder, {
    replicaHosts: Array.from({ length: replicaCount }, () => loopback),
    clientHost: loopback,
    run: redisCommand('${port}') + unixSocket,
    endpoint,
    ...more,
  });
  try {
    await group.untilWhole();
  } catch (error) {
    await group.stop();
    throw error;
  }
  return {
    clientAddress: group.clientAddress,
    serverPorts: group.servicePorts,
    pids: () => group.pids(),
    stop: () => group.stop(),
  };
}
