import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import {
  type ClientFace,
  type ClientId,
  type Dialect,
  type EndpointContext,
  type Gate,
  type Logger,
  LockstepError,
  type MemberName,
  type ServiceFace,
  tokens,
} from '@lockstep/contracts';
import { callbackTime } from '@lockstep/sockets';
import { Container, type ContainerModule } from 'inversify';
import { assembleReplica } from './assemble-replica.js';
import type { ClientOptions, CompositionRoot } from './compose-types.js';
import {
  type ClientEndpoint,
  type Configuration,
  type Endpoint,
  loadEndpoint,
  type LoadedEndpoint,
  type ReplicaConfiguration,
  type ServiceEndpoint,
} from './config/index.js';
import type { ExecutorEndpoint } from './executor/executor.js';
import type { GroupStatus, MemberStatus } from './group-status.js';
import { linkAddressesOf } from './link-addresses.js';
import { ClientInterceptor } from './interceptors/client-interceptor.js';
import { EventCounters } from './link/event-counters.js';
import { MemberDialer } from './link/member-dialer.js';
import { queryMemberStatus } from './link/query-member-status.js';
import { ClientEngine } from './protocol/client/client-engine.js';
import { AttachedService } from './service/attached-service.js';
import { parseCommandLine } from './service/command-line.js';
import { EndpointPrograms } from './service/endpoint-programs.js';
import { ManagedService } from './service/managed-service.js';
import { connectReadyProbe } from './service/ready-probe.js';
import { ReplicaHost } from './service/replica-host.js';
import { serviceEnvironment } from './service/service-environment.js';
import type { ServiceProcess } from './service/service-process.js';
import { channelGate, composeServiceFace } from './substrate/compose-service-face.js';
import { DialectClientFace } from './substrate/dialect-client-face.js';
import { decodeEntry, encodeEntry } from './wire/entry-codec.js';

const codec = { encode: encodeEntry, decode: decodeEntry };

/** Starts a service interceptor, or a witness. */
export const composeService: CompositionRoot['composeService'] = async (configuration, options) => {
  const { logger, replica: name } = options;
  const replica = configuration.forReplica(name);
  const endpoints = new Map<string, ExecutorEndpoint>();
  const faces: ServiceFace[] = [];
  for (const endpoint of replica.endpoints) {
    const loaded = await loadEndpoint(configuration, endpoint);
    const served = composeServiceEndpoint(endpoint, loaded, placeOf(endpoint, configuration, replica), logger);
    endpoints.set(endpoint.name, served);
    faces.push(served.face);
  }
  const service = replica.witness ? undefined : composeServiceProcess(configuration, name, faces, logger);
  const host = new ReplicaHost({
    service,
    makeInterceptor: () =>
      assembleReplica({
        configuration,
        name,
        endpoints,
        service,
        codec,
        bootstrap: options.bootstrap,
        logger,
        now: callbackTime,
      }),
    restart: replica.service?.restart ?? true,
    logger,
    now: callbackTime,
  });
  const { done } = await host.start(options.signal);
  return {
    done,
    stop: async () => {
      host.stop();
      await done;
    },
  };
};

/** Starts a client interceptor. */
export const composeClient: CompositionRoot['composeClient'] = async (configuration, options) => {
  const { timing, limits } = configuration;
  const { logger } = options;
  const faces = new Map<string, ClientFace>();
  for (const endpoint of servedEndpoints(configuration, options)) {
    faces.set(endpoint.name, composeClientFace(endpoint, await loadEndpoint(configuration, endpoint), options));
  }
  const id = `client-${randomBytes(8).toString('hex')}` as ClientId;
  const links = new MemberDialer({
    own: { group: configuration.group, identity: id, settings: '' },
    addresses: linkAddressesOf(configuration),
    connectTimeoutMs: timing.suspectAfterMs,
    logger,
    counters: new EventCounters(),
  });
  const engine = new ClientEngine(id, {
    members: configuration.replicas.filter((replica) => !replica.witness).map((replica) => replica.name as MemberName),
    suspectAfterMs: timing.suspectAfterMs,
    heartbeatMs: timing.heartbeatMs,
    giveUpAfterMs: timing.giveUpAfterMs,
    connectionWindowBytes: limits.connectionWindowBytes,
    processCacheBytes: limits.processCacheBytes,
    maxConnections: limits.maxConnections,
  });
  const interceptor = new ClientInterceptor({ engine, links, faces, logger, now: callbackTime });
  let end!: { resolve: () => void; reject: (error: Error) => void };
  const done = new Promise<void>((resolve, reject) => (end = { resolve, reject }));
  const addresses = await interceptor.start((failure) => end.reject(failure));
  return {
    addresses,
    done,
    stop: async () => {
      await interceptor.stop();
      end.resolve();
    },
  };
};

/** Asks all configured members how they are. */
export const queryStatus: CompositionRoot['queryStatus'] = async (configuration, timeoutMs): Promise<GroupStatus> => {
  const { group } = configuration;
  const members = await Promise.all(
    [...linkAddressesOf(configuration)].map(async ([name, address]) => {
      try {
        return {
          ...((await queryMemberStatus(address, group, timeoutMs)) as MemberStatus),
          name,
          reachable: true as const,
        };
      } catch {
        return { name, reachable: false as const };
      }
    }),
  );
  return { group, members };
};

function servedEndpoints({ clientEndpoints, path }: Configuration, { standIn }: ClientOptions): ClientEndpoint[] {
  const served = clientEndpoints.filter(({ name, listen }) =>
    standIn === undefined ? listen !== undefined : name === standIn.endpoint,
  );
  if (served.length > 0) return served;
  throw new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    standIn === undefined
      ? `${path} has no endpoint with an address for clients: run \`lockstep stdio\` or \`lockstep exec\` where clients are.`
      : `${path} has no endpoint "${standIn.endpoint}". It has ${clientEndpoints.map(({ name }) => name).join(', ')}.`,
  );
}

/** Where the service is: an address, or a program and what it is run with. */
function placeOf(
  { connect, run }: ServiceEndpoint,
  { directory }: Configuration,
  { service }: ReplicaConfiguration,
): Pick<EndpointContext, 'connect' | 'run'> {
  if (connect !== undefined) return { connect };
  const environment = serviceEnvironment(process.env, service?.environment ?? {});
  return { run: { words: run === undefined ? [] : parseCommandLine(run), directory, environment } };
}

function composeServiceEndpoint(
  endpoint: ServiceEndpoint,
  loaded: LoadedEndpoint,
  place: Pick<EndpointContext, 'connect' | 'run'>,
  logger: Logger,
): ExecutorEndpoint {
  const { name, connections } = endpoint;
  const gate = endpoint.gate ?? loaded.adapter.defaultGate;
  const gated = gate !== 'none' && connections === 'dedicated';
  const context = { endpoint: name, logger, connections, ...place };
  if (loaded.channel === undefined) {
    const container = load(moduleOf(loaded, { ...context, gate }));
    return { face: container.get<ServiceFace>(tokens.ServiceFace), gated };
  }
  const dialect = composeDialect(endpoint, loaded, logger);
  const { serviceForm = 'server' } = loaded.channel.adapter;
  const terms = { dialect, gate, connections, serviceForm };
  const container = load(moduleOf(loaded.channel, { ...context, beneathDialect: true, gate: channelGate(terms) }));
  return { face: composeServiceFace(container.get<ServiceFace>(tokens.ServiceFace), terms, logger), gated };
}

function composeClientFace(
  endpoint: ClientEndpoint,
  loaded: LoadedEndpoint,
  { logger, standIn }: ClientOptions,
): ClientFace {
  const { name, connections, listen } = endpoint;
  const place = listen === undefined ? (standIn === undefined ? {} : { standIn }) : { listen };
  const context = { endpoint: name, logger, connections, ...place };
  if (loaded.channel === undefined) return load(moduleOf(loaded, context)).get<ClientFace>(tokens.ClientFace);
  const face = load(moduleOf(loaded.channel, { ...context, beneathDialect: true })).get<ClientFace>(tokens.ClientFace);
  return new DialectClientFace(face, composeDialect(endpoint, loaded, logger), logger);
}

function composeDialect(endpoint: Endpoint, loaded: LoadedEndpoint, logger: Logger): Dialect {
  const { name, connections } = endpoint;
  return load(moduleOf(loaded, { endpoint: name, logger, connections })).get<Dialect>(tokens.Dialect);
}

function moduleOf(
  { adapter, options }: Pick<LoadedEndpoint, 'adapter' | 'options'>,
  context: Omit<EndpointContext, 'gate'> & { readonly gate?: Gate },
): ContainerModule {
  return adapter.module(options, context) as ContainerModule;
}

/** A container of its own for each module, so that no module is loaded twice into one and doubles its bindings. */
function load(module: ContainerModule): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(module);
  return container;
}

function composeServiceProcess(
  configuration: Configuration,
  name: string,
  faces: readonly ServiceFace[],
  logger: Logger,
): ServiceProcess {
  const { service, endpoints } = configuration.forReplica(name);
  const ready =
    service?.readyAddress === undefined
      ? {
          address: endpoints.map(({ name: endpoint, connect = endpoint }) => connect).join(', '),
          probe: () => probeAll(faces),
        }
      : connectReadyProbe(service.readyAddress);
  if (service?.run === undefined) {
    const isServer = service?.readyAddress !== undefined || endpoints.some(({ connect }) => connect !== undefined);
    return isServer ? new AttachedService(ready, logger) : new EndpointPrograms(ready);
  }
  const { run, environment, readyTimeoutMs, stopTimeoutMs } = service;
  return new ManagedService(
    { run, directory: configuration.directory, environment, ready, readyTimeoutMs, stopTimeoutMs },
    logger,
  );
}

async function probeAll(faces: readonly ServiceFace[]): Promise<void> {
  await Promise.all(faces.map((face) => face.probe()));
}
