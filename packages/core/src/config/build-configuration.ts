import { dirname, resolve } from 'node:path';
import { LockstepError } from '@lockstep/contracts';
import { type AdapterReference, referToAdapter } from './adapter-reference.js';
import type { CheckedDocument } from './check-document.js';
import type {
  ClientEndpoint,
  Configuration,
  Endpoint,
  Replica,
  ReplicaConfiguration,
  ServiceConfiguration,
} from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { nearest } from './nearest.js';
import type { ConfigurationDocument } from './schema.js';
import { completeTiming } from './timing.js';
import type { YamlSource } from './yaml-source.js';

type EndpointDocument = ConfigurationDocument['endpoints'][string];

/** Puts a checked document into the form that the rest of the program uses. */
export function buildConfiguration(checked: CheckedDocument, source: YamlSource, path: string): Configuration {
  const directory = dirname(resolve(path));
  const { group, replicas, timing, limits, localLinks, security, endpoints } = checked.client;
  const members = Object.entries(replicas).map(([name, { link, witness }]): Replica => ({ name, link, witness }));
  const configurations = new Map(
    members.map((replica) => [replica.name, buildReplica(replica, checked.replicas, directory)]),
  );
  return {
    path,
    directory,
    group,
    replicas: members,
    timing: completeTiming(timing),
    limits,
    localLinks,
    security,
    clientEndpoints: Object.entries(endpoints).map(([name, endpoint]): ClientEndpoint => ({
      ...buildEndpoint(name, endpoint, directory),
      listen: endpoint.client?.listen,
    })),
    forReplica: (name) => configurations.get(name) ?? failUnknownReplica(name, [...configurations.keys()], path),
    placeOf: (keys) => {
      const { line, column } = source.placeOfValue(keys);
      return `${path}:${line}:${column}`;
    },
    errorAt: (place, what, remedy) => new ConfigurationError(path, [{ ...source.placeOfValue(place), what, remedy }]),
  };
}

function buildReplica(
  replica: Replica,
  documents: ReadonlyMap<string, ConfigurationDocument>,
  directory: string,
): ReplicaConfiguration {
  const document = documents.get(replica.name);
  if (document === undefined) throw new Error(`the checked document lacks replica ${replica.name}`);
  const { service, endpoints, fence } = document;
  return {
    ...replica,
    service: replica.witness ? undefined : buildService(service),
    endpoints: replica.witness
      ? []
      : Object.entries(endpoints).map(([name, endpoint]) => ({
          ...buildEndpoint(name, endpoint, directory),
          connect: endpoint.service.connect,
          run: endpoint.service.run,
        })),
    fenceCommand: fence?.run,
  };
}

function buildService(service: ConfigurationDocument['service']): ServiceConfiguration {
  return {
    run: service.run,
    readyAddress: service.ready?.tcp,
    environment: service.env ?? {},
    stateTransfer: service.state.transfer,
    readyTimeoutMs: service.readyTimeoutMs,
    stopTimeoutMs: service.stopTimeoutMs,
    restart: service.restart,
  };
}

function buildEndpoint(name: string, endpoint: EndpointDocument, directory: string): Endpoint {
  const { adapter, over, connections, gate, options } = endpoint;
  const refer = (adapterName: string): AdapterReference => referToAdapter(adapterName, directory);
  return {
    name,
    adapter: refer(adapter),
    over: over === undefined ? undefined : refer(over),
    connections,
    gate,
    options,
  };
}

function failUnknownReplica(name: string, known: readonly string[], path: string): never {
  const meant = nearest(name, known);
  const remedy = meant === undefined ? `It has ${known.join(', ')}.` : `Did you mean ${meant}?`;
  throw new LockstepError('ERR_LOCKSTEP_CONFIGURATION', `${path} has no replica "${name}". ${remedy}`);
}
