import type { ClientId, IncarnationId, MemberName, Milliseconds } from '@lockstep/contracts';
import { Random } from '../base/random.js';
import { Scheduler } from '../base/scheduler.js';
import { SteadyRandom } from '../base/steady-random.js';
import { Trace, type TraceLevel } from '../base/trace.js';
import { Chronicle } from '../chronicle/chronicle.js';
import { randomScript } from '../clients/client-script.js';
import { ModelClient } from '../clients/model-client.js';
import type { Ambush } from '../faults/ambush.js';
import { allInvariants } from '../invariants/all-invariants.js';
import type { LinkEnd } from '../network/link.js';
import { Network } from '../network/network.js';
import { seal } from '../network/seal.js';
import { ClientProcess } from '../processes/client-process.js';
import { Host, type ClientHost, type MemberHost } from '../processes/host.js';
import { MemberProcess } from '../processes/member-process.js';
import type { SimulatedProcess } from '../processes/process.js';
import { ReplicaDriver } from '../processes/replica-driver.js';
import { Marks } from './marks.js';
import type { WorldPlan } from './world-plan.js';

/** How a process goes: it is killed, its host loses power, or it ends by itself and closes what it has open. */
export type Death = 'killed' | 'power-lost' | 'ended';

/**
 * One simulated world: hosts, their network, the processes on them, and everybody's clients, in one thread, in virtual
 * time, from one seed.
 */
export class World {
  readonly plan: WorldPlan;
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly trace: Trace;
  readonly network: Network;
  readonly chronicle: Chronicle;
  readonly marks = new Marks();
  readonly memberHosts = new Map<MemberName, MemberHost>();
  readonly clientHosts: ClientHost[] = [];
  /** Every client that there ever was. */
  readonly clients: ModelClient[] = [];
  /** What somebody lies in wait for. */
  readonly ambushes: Ambush[] = [];
  /** The storm is over: no faults any more, clients finish, the dead return. */
  isCalm = false;
  /** How the process that is dying at the moment goes. */
  #death: Death = 'killed';

  constructor(plan: WorldPlan, listener?: (line: string, level: TraceLevel) => void) {
    this.plan = plan;
    this.random = plan.isSteady ? new SteadyRandom() : new Random(plan.seed, 'world');
    this.trace = new Trace(() => this.scheduler.now, listener);
    this.network = new Network(this.scheduler, this.random.fork('network'), plan.latency);
    this.network.onLost = (message) => this.marks.noteLost(message);
    this.chronicle = new Chronicle(this, allInvariants);
    for (const { name } of plan.group.members) this.memberHosts.set(name, new Host(name));
    for (let number = 1; number <= plan.clientHosts; number++) this.clientHosts.push(new Host(`x${number}`));
  }

  get members(): MemberProcess[] {
    return [...this.memberHosts.values()].flatMap(({ process }) => (process === undefined ? [] : [process]));
  }

  /** What a process hands to a link. */
  sealed<Message>(message: Message): Message {
    return this.plan.sealsMessages ? seal(message) : message;
  }

  /** Switches everything on, in any order, but for the members that are to stay off. */
  start(absent: readonly MemberName[] = []): void {
    for (const [name, host] of this.memberHosts) {
      if (absent.includes(name)) continue;
      this.scheduler.after(this.random.delayMs(0, 10), () => this.startMember(host));
    }
    for (const host of this.clientHosts) this.scheduler.after(this.random.delayMs(0, 15), () => this.startClient(host));
    this.#sweepForSilence();
  }

  startMember(host: MemberHost): void {
    if (host.process !== undefined || !host.isPowered) return;
    const { name, witness } = this.plan.group.members.find((member) => member.name === host.name)!;
    const incarnation = `${name}/${++host.incarnations}` as IncarnationId;
    const process = new MemberProcess({ incarnation, witness }, this);
    host.process = process;
    this.trace.fact(incarnation, 'starts');
    this.chronicle.memberStarted(process, witness);
    if (!witness) process.replica = new ReplicaDriver(process, this);
    process.start(host.incarnations === 1 && this.plan.bootstrap === name);
  }

  startClient(host: ClientHost): void {
    if (host.process !== undefined || !host.isPowered) return;
    const process = new ClientProcess(`${host.name}/${++host.incarnations}` as ClientId, host.name, this);
    host.process = process;
    this.trace.fact(process.id, 'starts');
    this.chronicle.clientStarted(process);
    process.start();
    for (let slot = 1; slot <= this.plan.clientsPerHost; slot++) this.#connectClients(process, slot);
  }

  /** Ends a process at once. It comes back as another incarnation, after a while. */
  kill(process: SimulatedProcess, death: Death): void {
    const host = this.#hostOf(process);
    if (host?.process !== process) return;
    this.trace.fact(process.id, death);
    host.process = undefined;
    this.#death = death;
    process.kill();
    if (death === 'power-lost') host.isPowered = false;
    this.scheduleRestart(host);
  }

  scheduleRestart(host: MemberHost | ClientHost): void {
    const [low, high] = this.plan.restartMs;
    this.scheduler.after(this.random.delayMs(low, high), () => {
      if (host.isPowered) this.#start(host);
    });
  }

  powerOn(host: MemberHost | ClientHost): void {
    if (host.isPowered) return;
    host.isPowered = true;
    this.trace.fact(host.name, 'has power again');
    this.scheduleRestart(host);
  }

  /** A process has died in the midst of a turn. */
  killedInTurn(process: SimulatedProcess): void {
    this.kill(process, 'killed');
  }

  /** This incarnation is outside the group: its process ends, and a new one begins. */
  ended(process: MemberProcess): void {
    this.kill(process, 'ended');
  }

  /** What becomes of one end of a link when the process that holds it dies. */
  severed(end: LinkEnd<never, unknown>): void {
    const any = end as unknown as LinkEnd<unknown, unknown>;
    if (this.#death === 'ended') end.close();
    else if (this.#death === 'killed') this.network.abandon(any);
    else this.network.vanish(any);
  }

  /** The fence command: cuts the power of the target's host, whatever it runs. False if the switch did not work. */
  fence(target: IncarnationId): boolean {
    if (!this.isCalm && !this.random.chance(this.plan.fenceReliability)) return false;
    const record = this.chronicle.members.get(target)!;
    if (record.process.isAlive) {
      this.trace.fact(target, 'fenced');
      this.kill(record.process, 'power-lost');
      const host = this.memberHosts.get(record.name)!;
      this.scheduler.after(this.random.delayMs(10, 60), () => this.powerOn(host));
    }
    this.marks.hit('fence-used');
    this.chronicle.fenced.add(target);
    return true;
  }

  /** Keeps a client at work: when it is done, another one takes its place. */
  #connectClients(interceptor: ClientProcess, slot: number, round = 1): void {
    const random = this.random.fork(`client ${interceptor.id} ${slot} ${round}`);
    const client = new ModelClient(
      `${interceptor.id}.${slot}.${round}`,
      this.plan.script ?? randomScript(random),
      interceptor,
      this,
      random,
    );
    this.clients.push(client);
    const lookAfterMs = 20;
    const look = (): void => {
      if (!interceptor.isAlive || this.isCalm) return;
      if (client.isDone) this.#connectClients(interceptor, slot, round + 1);
      else this.scheduler.after(lookAfterMs, look);
    };
    this.scheduler.after(lookAfterMs, look);
  }

  #start(host: MemberHost | ClientHost): void {
    if (this.memberHosts.get(host.name as MemberName) === host) this.startMember(host);
    else this.startClient(host as ClientHost);
  }

  #hostOf(process: SimulatedProcess): MemberHost | ClientHost | undefined {
    return (
      this.memberHosts.get(process.host as MemberName) ?? this.clientHosts.find(({ name }) => name === process.host)
    );
  }

  #sweepForSilence(): void {
    const suspectAfterMs: Milliseconds = this.plan.group.timing.suspectAfterMs;
    this.network.sweep(suspectAfterMs, (speaker) => speaker.isRunning);
    this.scheduler.after(suspectAfterMs / 4, () => this.#sweepForSilence());
  }
}
