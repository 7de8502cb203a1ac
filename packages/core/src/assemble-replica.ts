import { randomBytes } from 'node:crypto';
import type { IncarnationId, Logger, MemberName, Milliseconds } from '@lockstep/contracts';
import type { Configuration } from './config/index.js';
import { EmbeddedGroupEngine } from './engine/embedded-group-engine.js';
import { Executor, type ExecutorEndpoint } from './executor/executor.js';
import type { MemberStatus } from './group-status.js';
import type { EntryCodec } from './interceptors/entry-codec.js';
import { ServiceInterceptor } from './interceptors/service-interceptor.js';
import { linkAddressesOf } from './link-addresses.js';
import { ClientLinks } from './link/client-links.js';
import { EventCounters } from './link/event-counters.js';
import { digestSettings } from './link/identity.js';
import { LinkServer } from './link/link-server.js';
import { MemberLinks } from './link/member-links.js';
import { serveStatus } from './link/status-server.js';
import { Replica } from './protocol/connections/replica.js';
import { Member } from './protocol/member.js';
import type { GroupSettings } from './protocol/member-io.js';
import { runFenceCommand } from './service/fence-command.js';
import type { ServiceProcess } from './service/service-process.js';

/** What one incarnation of a replica is assembled from. */
export interface ReplicaAssembly {
  readonly configuration: Configuration;
  /** Which of the configured replicas or witnesses to be. */
  readonly name: string;
  readonly endpoints: ReadonlyMap<string, ExecutorEndpoint>;
  /** Undefined for a witness. */
  readonly service: ServiceProcess | undefined;
  readonly codec: EntryCodec;
  readonly bootstrap: boolean;
  readonly logger: Logger;
  readonly now: () => Milliseconds;
}

/**
 * Puts a new incarnation of a replica together, and opens its link address. Nothing of it outlives it but the service.
 *
 * @throws LockstepError if the link address cannot be listened on
 */
export async function assembleReplica(assembly: ReplicaAssembly): Promise<ServiceInterceptor> {
  const { configuration, name, endpoints, service, now } = assembly;
  const { group, timing, limits } = configuration;
  const { witness } = configuration.forReplica(name);
  const incarnation = `${name}/${randomBytes(6).toString('hex')}` as IncarnationId;
  const logger = assembly.logger.child({ incarnation });
  const settings = groupSettingsOf(configuration);
  const counters = new EventCounters();
  const addresses = linkAddressesOf(configuration);
  const own = { group, identity: incarnation, settings: digestSettings(settings) };
  const address = addresses.get(name as MemberName)!;
  const server = new LinkServer({ address, own, purpose: `replica ${name}`, logger, counters });
  const clients = new ClientLinks({ server, silenceMs: 2 * timing.suspectAfterMs, logger, counters });
  const engine = new EmbeddedGroupEngine({
    member: new Member({ incarnation, witness }, settings),
    links: new MemberLinks({ own, addresses, suspectAfterMs: timing.suspectAfterMs, server, logger, counters }),
    bootstrap: assembly.bootstrap,
    fence: settings.fence ? (target) => runFenceCommand(configuration, target, logger) : undefined,
    leaveTimeoutMs: 2 * timing.suspectAfterMs,
    now,
    logger,
    counters,
  });
  const replica = new Replica(incarnation, {
    endpoints: [...endpoints.keys()],
    suspectAfterMs: timing.suspectAfterMs,
    heartbeatMs: timing.heartbeatMs,
    expireClientAfterMs: timing.expireClientAfterMs,
    connectionWindowBytes: limits.connectionWindowBytes,
    processCacheBytes: limits.processCacheBytes,
    maxConnections: limits.maxConnections,
  });
  serveStatus(server, () => describe(assembly, engine, replica), logger);
  await server.listen();
  return new ServiceInterceptor({
    self: incarnation,
    engine,
    replica,
    clients,
    server,
    codec: assembly.codec,
    makeExecutor: witness
      ? undefined
      : (handler) => new Executor(endpoints, handler, { gateTimeoutMs: timing.gateTimeoutMs, now }),
    confirmServiceAlive: () => service?.confirmAlive() ?? Promise.resolve(true),
    isServiceFresh: () => service?.fresh ?? true,
    logger,
    now,
  });
}

function groupSettingsOf(configuration: Configuration): GroupSettings {
  const { replicas, timing, limits } = configuration;
  const { suspectAfterMs, heartbeatMs, laggardAfterMs } = timing;
  return {
    members: replicas.map((replica) => ({ name: replica.name as MemberName, witness: replica.witness })),
    timing: { suspectAfterMs, heartbeatMs, laggardAfterMs },
    fence: replicas.some((replica) => configuration.forReplica(replica.name).fenceCommand !== undefined),
    historyBytesMax: limits.historyBytes,
  };
}

/** What `lockstep status` is answered. */
function describe(
  { configuration, name, service }: ReplicaAssembly,
  engine: EmbeddedGroupEngine,
  replica: Replica,
): MemberStatus {
  const member = engine.snapshot();
  const { clients, connections, cacheBytes } = replica.snapshot();
  return {
    name,
    reachable: true,
    state: member.state,
    witness: configuration.forReplica(name).witness,
    incarnation: member.incarnation,
    view: member.view?.number ?? 0,
    rank: member.rank ?? null,
    sequencer: member.rank === 0,
    ordered: member.ordered,
    stable: member.stable,
    executed: member.executed,
    clients,
    connections,
    cacheBytes,
    historyBytes: member.historyBytes,
    pid: process.pid,
    servicePid: service?.pid ?? null,
  };
}
