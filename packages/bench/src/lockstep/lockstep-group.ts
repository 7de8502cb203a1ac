import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Host, loopback } from '../network/host.js';
import { findFreePorts } from '../programs/free-ports.js';
import { nodeCommand, Program } from '../programs/program.js';

const lockstep = new URL(import.meta.resolve('@lockstep/cli/bin/lockstep.js'));
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
}

/** Service interceptors and a client interceptor as a user runs them, with the `lockstep` command. */
export class LockstepGroup {
  /** Where clients connect, on the host of the client interceptor. */
  readonly clientPort: number;
  /** In the order of ranks. */
  readonly services: readonly Program[];
  readonly client: Program;

  private constructor(clientPort: number, services: readonly Program[], client: Program) {
    this.clientPort = clientPort;
    this.services = services;
    this.client = client;
  }

  /**
   * Starts all of it. Clients may connect as soon as the client interceptor listens, and are served when the group has formed.
   *
   * @param folder an empty folder, for the configuration and the logs
   */
  static async start(folder: string, plan: GroupPlan): Promise<LockstepGroup> {
    const [clientPort, ...ports] = (await findFreePorts(1 + 2 * plan.replicaHosts.length)) as [number, ...number[]];
    const path = join(folder, 'lockstep.yaml');
    // JSON is YAML too.
    writeFileSync(path, JSON.stringify(configure(plan, clientPort, ports), undefined, 2));
    const run = (host: Host, name: string, ...args: readonly string[]): Program =>
      new Program(host, nodeCommand(lockstep, ...args, '-c', path, '--log-level', 'warn'), join(folder, `${name}.log`));
    const services = plan.replicaHosts.map((host, index) => {
      const name = replicaNames[index]!;
      return run(host, name, 'service', '--replica', name);
    });
    return new LockstepGroup(clientPort, services, run(plan.clientHost, 'client', 'client'));
  }

  /** Ends it, first who asks, then who answers. */
  async stop(): Promise<void> {
    await this.client.stop();
    await Promise.all(this.services.map((service) => service.stop()));
  }
}

function configure(plan: GroupPlan, clientPort: number, ports: readonly number[]): object {
  const { replicaHosts, clientHost, run, endpoint } = plan;
  const replicas = replicaHosts.map((host, index) => [
    replicaNames[index],
    { link: `${host.address}:${ports[2 * index]}`, vars: { port: ports[2 * index + 1] } },
  ]);
  const isLocal = [clientHost, ...replicaHosts].every((host) => host === loopback);
  return {
    group: 'bench',
    replicas: Object.fromEntries(replicas) as object,
    service: { run, ready: { tcp: '127.0.0.1:${port}' } },
    endpoints: {
      service: {
        ...endpoint,
        client: { listen: `${clientHost.address}:${clientPort}` },
        service: { connect: '127.0.0.1:${port}' },
      },
    },
    ...(isLocal ? {} : { security: 'none' }),
  };
}
