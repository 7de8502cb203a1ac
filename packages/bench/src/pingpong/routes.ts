import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { echoProgram, startEchoGroup } from '../echo/echo-group.js';
import type { LockstepGroup } from '../lockstep/lockstep-group.js';
import type { Host } from '../network/host.js';
import { findFreePorts } from '../programs/free-ports.js';
import { nodeCommand, Program } from '../programs/program.js';
import { haproxy, startHaproxyHop } from './haproxy.js';
import type { PingTarget } from './ping-order.js';

const hopProgram = new URL('node-hop-program.js', import.meta.url);

/** The names of the routes that others are compared with. */
export const direct = 'direct';
export const twoHaproxyHops = 'HAProxy, two hops';

/** Where the parts of a route are: the client with the hop next to it, and the hosts of the services. */
export interface Sites {
  readonly clientHost: Host;
  /** Three of them. */
  readonly serviceHosts: readonly Host[];
}

/** All the ways from the client to an echo service that are measured, running. */
export class Routes {
  readonly targets: PingTarget[] = [];
  readonly #folder: string;
  readonly #sites: Sites;
  readonly #programs: Program[] = [];
  readonly #groups: LockstepGroup[] = [];

  private constructor(folder: string, sites: Sites) {
    this.#folder = folder;
    this.#sites = sites;
  }

  /** @param folder an empty folder */
  static async start(folder: string, sites: Sites): Promise<Routes> {
    const routes = new Routes(folder, sites);
    const [servicePort, ...hopPorts] = (await findFreePorts(5)) as [number, number, number, number, number];
    routes.#startEcho(servicePort);
    routes.#startNodeHops(servicePort, hopPorts[0], hopPorts[1]);
    if (haproxy !== undefined) routes.#startHaproxyHops(servicePort, hopPorts[2], hopPorts[3]);
    await routes.#startGroup('Lockstep, group of one', sites.serviceHosts.slice(0, 1));
    await routes.#startGroup('Lockstep, group of three', sites.serviceHosts);
    return routes;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#groups.map((group) => group.stop()));
    await Promise.all(this.#programs.map((program) => program.stop()));
  }

  #add(name: string, { address: host }: Host, port: number): void {
    this.targets.push({ name, host, port });
  }

  #startEcho(port: number): void {
    const host = this.#sites.serviceHosts[0]!;
    this.#programs.push(new Program(host, nodeCommand(echoProgram, `${port}`), join(this.#folder, 'echo.log')));
    this.#add(direct, host, port);
  }

  /** One hop is at the service; of two, the other one is at the client. */
  #startNodeHops(servicePort: number, onePort: number, twoPort: number): void {
    const { clientHost, serviceHosts } = this.#sites;
    const serviceHost = serviceHosts[0]!;
    const start = (host: Host, port: number, target: Host, targetPort: number): void => {
      const command = nodeCommand(hopProgram, `${port}`, target.address, `${targetPort}`);
      this.#programs.push(new Program(host, command, join(this.#folder, `node-hop-${port}.log`)));
    };
    start(serviceHost, onePort, serviceHost, servicePort);
    start(clientHost, twoPort, serviceHost, onePort);
    this.#add('plain Node, one hop', serviceHost, onePort);
    this.#add('plain Node, two hops', clientHost, twoPort);
  }

  #startHaproxyHops(servicePort: number, onePort: number, twoPort: number): void {
    const { clientHost, serviceHosts } = this.#sites;
    const serviceHost = serviceHosts[0]!;
    this.#programs.push(
      startHaproxyHop(this.#folder, 'haproxy-1', serviceHost, onePort, { host: serviceHost, port: servicePort }),
      startHaproxyHop(this.#folder, 'haproxy-2', clientHost, twoPort, { host: serviceHost, port: onePort }),
    );
    this.#add('HAProxy, one hop', serviceHost, onePort);
    this.#add(twoHaproxyHops, clientHost, twoPort);
  }

  async #startGroup(name: string, replicaHosts: readonly Host[]): Promise<void> {
    const folder = join(this.#folder, `group-of-${replicaHosts.length}`);
    mkdirSync(folder);
    const { clientHost } = this.#sites;
    const group = await startEchoGroup(folder, replicaHosts, { clientHost });
    this.#groups.push(group);
    this.#add(name, clientHost, group.clientPort);
  }
}
