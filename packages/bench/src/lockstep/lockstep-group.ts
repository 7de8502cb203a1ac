import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Configuration, loadConfiguration, type MemberStatus, queryStatus } from '@lockstep/core';
import type { Address } from '../load/load-order.js';
import { waitUntil } from '../measure/wait-until.js';
import type { Host } from '../network/host.js';
import { findFreePorts } from '../programs/free-ports.js';
import { nodeCommand, Program } from '../programs/program.js';
import { clientAddressOf, configureGroup, type GroupPlan, type GroupPorts, replicaName } from './group-plan.js';

const lockstep = new URL(import.meta.resolve('@lockstep/cli/bin/lockstep.js'));
const statusTimeoutMs = 1000;
/** A replica that comes back executes everything again that there ever was. */
const formTimeoutMs = 60_000;

/** Service interceptors and a client interceptor as a user runs them, with the `lockstep` command. */
export class LockstepGroup {
  readonly #folder: string;
  readonly #plan: GroupPlan;
  readonly #ports: GroupPorts;
  readonly #services: Program[] = [];
  #configuration: Configuration | undefined;
  #client: Program;

  private constructor(folder: string, plan: GroupPlan, ports: GroupPorts) {
    this.#folder = folder;
    this.#plan = plan;
    this.#ports = ports;
    for (const index of plan.replicaHosts.keys()) this.#services.push(this.#startService(index));
    this.#client = this.#startClient(0);
  }

  /**
   * Starts all of it. Clients may connect as soon as the client interceptor listens, and are served when the group has formed.
   *
   * @param folder an empty folder, for the configuration and the logs
   */
  static async start(folder: string, plan: GroupPlan): Promise<LockstepGroup> {
    const count = plan.replicaHosts.length;
    const [client, ...others] = (await findFreePorts(1 + 2 * count)) as [number, ...number[]];
    return new LockstepGroup(folder, plan, { client, links: others.slice(0, count), services: others.slice(count) });
  }

  /** Where clients connect, on the host of the client interceptor. */
  get clientPort(): number {
    return this.#ports.client;
  }

  /** The same, or the unix socket that the plan asks for. */
  get clientAddress(): Address {
    return clientAddressOf(this.#plan, this.#ports);
  }

  /** Where the services listen, on their own hosts, in the order of the plan. */
  get servicePorts(): readonly number[] {
    return this.#ports.services;
  }

  /** In the order of the plan. */
  get services(): readonly Program[] {
    return this.#services;
  }

  get client(): Program {
    return this.#client;
  }

  /** What the members that answer say of themselves. */
  async status(): Promise<MemberStatus[]> {
    this.#configuration ??= await loadConfiguration(this.#pathFor(0));
    const { members } = await queryStatus(this.#configuration, statusTimeoutMs);
    return members.filter((member) => member.reachable);
  }

  /** Waits until everybody is a member of one view, and the client interceptor is attached to one of them. */
  async untilWhole(): Promise<readonly MemberStatus[]> {
    let members: readonly MemberStatus[] = [];
    try {
      return await waitUntil('The group is whole', formTimeoutMs, async () => {
        for (const program of [...this.#services, this.#client]) program.expectAlive();
        members = await this.status();
        const isWhole =
          members.length === this.#services.length &&
          members.every(({ state, view }) => state === 'member' && view === members[0]!.view) &&
          members.some(isAttachedTo);
        return isWhole ? members : undefined;
      });
    } catch (error) {
      throw new Error(this.#describe(members), { cause: error });
    }
  }

  /** The processes of all interceptors and of the services behind them. */
  async pids(): Promise<number[]> {
    const members = await this.status();
    const services = members.map(({ servicePid }) => servicePid).filter((pid) => pid !== null);
    return [this.#client.pid, ...this.#services.map(({ pid }) => pid), ...services];
  }

  /** Ends a replica as a crash of its host would: the interceptor and its service die at once. */
  async killService(member: MemberStatus): Promise<void> {
    const program = this.#services[this.#indexOf(member)]!;
    program.kill();
    if (member.servicePid !== null) process.kill(member.servicePid, 'SIGKILL');
    await program.ended;
  }

  /** Starts a replica again that was killed. */
  restartService(member: MemberStatus): void {
    const index = this.#indexOf(member);
    this.#services[index] = this.#startService(index);
  }

  /** Replaces the client interceptor by one that attaches to this member. Connections break. */
  async restartClient(first: MemberStatus): Promise<void> {
    await this.#client.stop();
    this.#client = this.#startClient(this.#indexOf(first));
  }

  /** The host that the plan gives to a member. */
  hostOf(member: MemberStatus): Host {
    return this.#plan.replicaHosts[this.#indexOf(member)]!;
  }

  /** Ends it, first who asks, then who answers. */
  async stop(): Promise<void> {
    await this.#client.stop();
    await Promise.all(this.#services.map((service) => service.stop()));
  }

  /** What one needs to know of a group that does not come together. */
  #describe(members: readonly MemberStatus[]): string {
    const statuses = members.map((member) => JSON.stringify(member));
    const logs = [...this.#services, this.#client].map((program) => program.logTail());
    return ['The members that answer:', ...statuses, 'The logs:', ...logs].join('\n');
  }

  #indexOf({ name }: MemberStatus): number {
    return this.#services.findIndex((_, index) => replicaName(index) === name);
  }

  #startService(index: number): Program {
    const name = replicaName(index);
    return this.#start(this.#plan.replicaHosts[index]!, name, this.#pathFor(0), 'service', '--replica', name);
  }

  #startClient(first: number): Program {
    return this.#start(this.#plan.clientHost, 'client', this.#pathFor(first), 'client');
  }

  #start(host: Host, name: string, path: string, ...args: readonly string[]): Program {
    const [node, ...rest] = nodeCommand(lockstep, ...args, '-c', path, '--log-level', 'warn') as [string, ...string[]];
    const command = [node, ...(this.#plan.nodeOptions ?? []), ...rest];
    return new Program(host, command, join(this.#folder, `${name}.log`));
  }

  /** Writes the configuration that names this replica first. */
  #pathFor(first: number): string {
    const path = join(this.#folder, `lockstep-${replicaName(first)}.yaml`);
    writeFileSync(path, JSON.stringify(configureGroup(this.#plan, this.#ports, first), undefined, 2));
    return path;
  }
}

/** Whether a client interceptor is attached to this member. */
export function isAttachedTo({ clients }: MemberStatus): boolean {
  return clients.some(({ attached }) => attached);
}
