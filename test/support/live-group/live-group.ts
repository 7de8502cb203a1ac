import { join } from 'node:path';
import {
  type Configuration,
  type GroupStatus,
  loadConfiguration,
  type MemberStatus,
  queryStatus,
} from '@lockstep/core';
import { listens } from '../free-ports.js';
import { RecordedProcess } from '../recorded-process.js';
import { repository } from '../repository.js';
import { until } from '../until.js';
import { type GroupChanges, GroupConfiguration } from './group-configuration.js';
import { LiveHost } from './live-host.js';

const command = join(repository, 'packages/cli/dist/main.js');
const queryMs = 2000;
const clientStopMs = 10_000;

/** A replica that comes back executes everything again that there ever was, on a machine that may be busy. */
const joinMs = 180_000;

/** A whole group as real processes on free ports: `lockstep service` for every member, and `lockstep client`. */
export class LiveGroup {
  readonly configuration: GroupConfiguration;
  readonly clientInterceptor: RecordedProcess;
  readonly #otherClients: RecordedProcess[] = [];
  readonly #hosts: ReadonlyMap<string, LiveHost>;
  readonly #loaded: Configuration;

  private constructor(configuration: GroupConfiguration, loaded: Configuration) {
    const words = ['-c', configuration.path];
    this.configuration = configuration;
    this.#loaded = loaded;
    this.#hosts = new Map(
      loaded.replicas.map(({ name }) => {
        const interceptor = new RecordedProcess(name, [command, 'service', ...words, '--replica', name]);
        return [name, new LiveHost(name, configuration.servicePorts.get(name), interceptor)];
      }),
    );
    this.clientInterceptor = new RecordedProcess('client', [command, 'client', ...words]);
  }

  /** Starts all processes; `untilComplete` waits for them. */
  static async start(changes: GroupChanges): Promise<LiveGroup> {
    const configuration = await GroupConfiguration.write(changes);
    const group = new LiveGroup(configuration, await loadConfiguration(configuration.path));
    for (const host of group.hosts) host.start();
    if (configuration.isServer) group.clientInterceptor.start();
    return group;
  }

  get hosts(): readonly LiveHost[] {
    return [...this.#hosts.values()];
  }

  get names(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  get clientPort(): number {
    return this.configuration.clientPort;
  }

  /** @throws Error if there is none of this name */
  host(name: string): LiveHost {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`the group has no host ${name}`);
    return host;
  }

  /** What the members that answer say of themselves, as `lockstep status` shows it. */
  async status(): Promise<MemberStatus[]> {
    const { members }: GroupStatus = await queryStatus(this.#loaded, queryMs);
    const reachable = members.filter((member) => member.reachable);
    for (const member of reachable) this.host(member.name).observe(member);
    return reachable;
  }

  /** Waits until these are full members, in one view of exactly them that all of them have installed. */
  async untilMembersAre(...names: readonly string[]): Promise<readonly MemberStatus[]> {
    const look = async (): Promise<readonly MemberStatus[] | false> => {
      const members = (await this.status()).filter(({ state, name }) => {
        return state === 'member' && this.host(name).status !== undefined;
      });
      const ranks = members.map(({ rank }) => rank).sort();
      const isWhole =
        members.length === names.length &&
        members.every(({ name, view }) => names.includes(name) && view === members[0]?.view) &&
        ranks.every((rank, index) => rank === index);
      return isWhole && members;
    };
    return until(`the members are ${names.join(', ')}`, look, joinMs);
  }

  /** Waits until everybody who answers says something of itself. */
  async untilEveryMember(says: string, test: (status: MemberStatus) => boolean): Promise<void> {
    await until(`every member ${says}`, async () => {
      const members = await this.status();
      return members.length === this.names.length && members.every(test);
    });
  }

  /** Waits until everybody is a full member and serves, and the client interceptor, if there is one, has found one of them. */
  async untilComplete(): Promise<void> {
    await this.untilMembersAre(...this.names);
    if (this.configuration.isServer) await this.attachedHost();
  }

  /** The host that the client interceptor, or whatever stands in for a program, is attached to, once it is to one. */
  async attachedHost(): Promise<LiveHost> {
    return until('the client interceptor is attached', async () => {
      const members = await this.status();
      const attached = members.find(({ clients }) => clients.some((client) => client.attached));
      return attached && this.host(attached.name);
    });
  }

  /** Waits until what is asked of every replica's own service, past all interceptors, is the same as expected. */
  async untilServicesSay(expected: string, ask: (port: number) => Promise<string>): Promise<void> {
    for (const { name, servicePort } of this.hosts) {
      if (servicePort === undefined) continue;
      let said: string | undefined;
      const isExpected = async (): Promise<boolean> => (said = await ask(servicePort)) === expected;
      await until('agreed', isExpected).catch((error: unknown) => {
        throw new Error(`the service of ${name} says ${said ?? 'nothing'}, not ${expected}`, { cause: error });
      });
    }
  }

  /** Starts one more client interceptor. @returns where it plays the service, once it does */
  async addClientInterceptor(): Promise<{ readonly port: number }> {
    const { path, port } = await this.configuration.writeForOtherClient();
    const interceptor = new RecordedProcess('other client', [command, 'client', '-c', path]);
    this.#otherClients.push(interceptor);
    interceptor.start();
    await until('the other client interceptor listens', () => listens(port));
    return { port };
  }

  /** Ends every process in good order and by force if need be: first who asks, then who answers. */
  async stop(): Promise<void> {
    await Promise.all([this.clientInterceptor, ...this.#otherClients].map((process) => process.stop(clientStopMs)));
    await Promise.all(this.hosts.map((host) => host.stop()));
    this.configuration.remove();
  }

  /** What all processes wrote last. */
  get log(): string {
    const processes = [
      ...this.hosts.map(({ interceptor }) => interceptor),
      this.clientInterceptor,
      ...this.#otherClients,
    ];
    return processes.map(({ log }) => log).join('\n');
  }
}
