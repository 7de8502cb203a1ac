import type { Address } from '../load/load-order.js';
import { type Host, loopback } from '../network/host.js';

const replicaNames = 'abcdefghi';

export interface GroupPlan {
  /** Where the replicas run, in the order of ranks. */
  readonly replicaHosts: readonly Host[];
  /** Where the client interceptor runs. */
  readonly clientHost: Host;
  /** The command that runs a service; `${port}` stands for the port that it is to listen on. */
  readonly run: string;
  /** The endpoint, as far as it is not about addresses: `{ adapter: 'tcp' }`. */
  readonly endpoint: Readonly<Record<string, unknown>>;
  /** As in the configuration. */
  readonly limits?: Readonly<Record<string, number | string>>;
  /**
   * Clients and services are reached over unix sockets in this folder instead of ports of the loopback. The command that runs a
   * service is to name `serviceSocketIn` it.
   */
  readonly socketFolder?: string;
  /** As in the configuration; off, all links are over TCP, as between hosts. */
  readonly localLinks?: boolean;
  /** For Node, in front of the interceptors' program. */
  readonly nodeOptions?: readonly string[];
}

/** The ports of a group. Those of the replicas are in the order of ranks. */
export interface GroupPorts {
  readonly client: number;
  readonly links: readonly number[];
  readonly services: readonly number[];
}

/** The path of a service's unix socket in a folder; `${port}` stands for its port, and tells it from the others. */
export function serviceSocketIn(folder: string): string {
  return `${folder}/service-\${port}.sock`;
}

/** Where clients connect. */
export function clientAddressOf({ clientHost, socketFolder }: GroupPlan, { client }: GroupPorts): Address {
  return socketFolder === undefined
    ? { host: clientHost.address, port: client }
    : { path: `${socketFolder}/client.sock` };
}

/** The name of the replica of this rank. */
export function replicaName(index: number): string {
  return replicaNames[index]!;
}

/**
 * The configuration of a group, to be written as JSON, which is YAML too.
 *
 * @param first the replica that is listed first: a client interceptor attaches to it, whatever its rank is
 */
export function configureGroup(plan: GroupPlan, ports: GroupPorts, first = 0): object {
  const { replicaHosts, clientHost, run, endpoint, socketFolder, limits, localLinks } = plan;
  const service = socketFolder === undefined ? '127.0.0.1:${port}' : `unix:${serviceSocketIn(socketFolder)}`;
  const client = clientAddressOf(plan, ports);
  const indices = [...replicaHosts.keys()];
  const replicas = [...indices.slice(first), ...indices.slice(0, first)].map((index) => [
    replicaName(index),
    { link: `${replicaHosts[index]!.address}:${ports.links[index]}`, vars: { port: ports.services[index] } },
  ]);
  const isLocal = [clientHost, ...replicaHosts].every((host) => host === loopback);
  return {
    group: 'bench',
    replicas: Object.fromEntries(replicas) as object,
    service: { run, ready: { tcp: service } },
    endpoints: {
      service: {
        ...endpoint,
        client: { listen: 'path' in client ? `unix:${client.path}` : `${client.host}:${client.port}` },
        service: { connect: service },
      },
    },
    ...(limits === undefined ? {} : { limits }),
    ...(localLinks === undefined ? {} : { localLinks }),
    ...(isLocal ? {} : { security: 'none' }),
  };
}
