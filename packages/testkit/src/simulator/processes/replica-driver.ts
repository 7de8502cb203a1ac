import type { Milliseconds, OrderedRuns, OrderNumber, Segment, View } from '@lockstep/contracts';
import { Replica, type ConnectionKey, type ReplicaEffect, type ReplicaInput } from '@lockstep/core/protocol';
import { decodeEntry, encodeEntry, EntryReader, Executor, type ExecutorHandler } from '@lockstep/core/simulation';
import { describeReplicaEffect, describeReplicaInput } from '../describe/describe-replica.js';
import { ModelService } from '../service/model-service.js';
import type { World } from '../worlds/world.js';
import { ClientEnds } from './client-ends.js';
import type { MemberProcess } from './member-process.js';

/** What runs above the group in a service interceptor, wired as the product wires it. */
export class ReplicaDriver implements ExecutorHandler {
  readonly replica: Replica;
  readonly service: ModelService;
  readonly clients: ClientEnds;
  readonly #process: MemberProcess;
  readonly #world: World;
  readonly #executor: Executor;
  readonly #entries: EntryReader;
  readonly #inputs: ReplicaInput[] = [];
  #isStepping = false;
  /** The service has crashed, or is being taken down with its process. */
  isServiceDead = false;

  constructor(process: MemberProcess, world: World) {
    const { chronicle, plan, random, scheduler } = world;
    this.#process = process;
    this.#world = world;
    this.replica = new Replica(process.id, plan.replica);
    this.#entries = new EntryReader(process.id, { encode: encodeEntry, decode: decodeEntry });
    this.clients = new ClientEnds(process, world, (input) => this.#tell(input));
    this.service = new ModelService(
      {
        wake: () => process.wake(),
        onFed: (channel, what, waitingFor) => chronicle.fed(process, channel, what, waitingFor),
      },
      scheduler,
      random.fork(`service ${process.id}`),
      plan.servicePace,
    );
    const endpoints = new Map(plan.replica.endpoints.map((name) => [name, { face: this.service, gated: true }]));
    this.#executor = new Executor(endpoints, this, { gateTimeoutMs: plan.gateTimeoutMs, now: () => scheduler.now });
  }

  /** Whether nothing waits for the service, and nothing of it waits to be read. */
  get isIdle(): boolean {
    return this.replica.snapshot().deferred === 0 && this.#executor.pending === 0 && this.service.isIdle;
  }

  ordered(ordered: OrderedRuns): void {
    this.#tell({ kind: 'ordered', entries: this.#entries.read(ordered) });
  }

  stable(through: OrderNumber): void {
    this.#tell({ kind: 'stable', through });
  }

  installed(view: View, role: 'member' | 'learner'): void {
    this.#tell({ kind: 'view', view, role });
  }

  writable(writable: boolean): void {
    this.#tell({ kind: 'writable', writable });
  }

  quorum(heard: boolean): void {
    this.#tell({ kind: 'quorum', heard });
  }

  /** What a turn may read, in any order. */
  sources(): (() => void)[] {
    const sources = this.clients.sources();
    if (!this.isServiceDead) for (const channel of this.service.readable()) sources.push(() => channel.read());
    const deadline = this.nextDeadline();
    if (deadline !== undefined && deadline <= this.#world.scheduler.now) sources.push(() => this.#tick());
    return sources;
  }

  /** Whether another turn would find something to read. */
  get hasMore(): boolean {
    return this.clients.hasMore || (!this.isServiceDead && this.service.readable().length > 0);
  }

  flush(): void {
    this.#tell({ kind: 'flush' });
  }

  nextDeadline(): Milliseconds | undefined {
    const replica = this.replica.nextDeadline();
    const executor = this.#executor.nextDeadline();
    return replica === undefined || executor === undefined ? (replica ?? executor) : Math.min(replica, executor);
  }

  /** The member is to leave: clients are sent elsewhere first. */
  leave(): void {
    this.#tell({ kind: 'leaving' });
    this.#process.give({ kind: 'leave' });
  }

  /** The service crashed: whatever its connections would say now is not its own decision, and this member leaves. */
  serviceDied(): void {
    this.isServiceDead = true;
    this.service.die();
    this.#executor.stop();
    this.leave();
  }

  /** The process is dead. */
  died(): void {
    this.isServiceDead = true;
    this.service.die();
    this.clients.died();
  }

  onServiceLost(): void {
    this.serviceDied();
  }

  onExecuted(through: OrderNumber): void {
    this.#process.give({ kind: 'executed', through });
  }

  onOutput(connection: ConnectionKey, segment: Segment, cause: OrderNumber): void {
    this.#tell({ kind: 'output', connection, segment, cause });
  }

  onOutputEnd(connection: ConnectionKey, cause: OrderNumber): void {
    this.#tell({ kind: 'output-end', connection, cause });
  }

  onOutputReset(connection: ConnectionKey, _reason: Error, cause: OrderNumber): void {
    this.#tell({ kind: 'output-reset', connection, cause });
  }

  onInputTaken(connection: ConnectionKey, units: number): void {
    this.#tell({ kind: 'input-taken', connection, units });
  }

  onGateTimeout(connection: ConnectionKey): void {
    this.#world.trace.fact(this.#process.id, `! gate-timeout ${connection}`);
    this.#world.chronicle.gateTimedOut(this.#process);
  }

  #tick(): void {
    this.#executor.tick();
    this.#tell({ kind: 'tick' });
  }

  /** Steps the replica; while a step's effects are carried out, inputs wait for their turn. */
  #tell(input: ReplicaInput): void {
    this.#inputs.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined && this.#process.isAlive; next = this.#inputs.shift()) {
        this.#step(next);
      }
    } finally {
      this.#isStepping = false;
    }
  }

  #step(input: ReplicaInput): void {
    const { chronicle, scheduler, trace } = this.#world;
    if (input.kind !== 'flush') trace.step(this.#process.id, `# ${describeReplicaInput(input)}`);
    chronicle.replicaTold(this.#process, input);
    for (const effect of this.replica.step(input, scheduler.now)) {
      this.#process.beforeEffect();
      if (effect.kind === 'report') trace.fact(this.#process.id, describeReplicaEffect(effect));
      else trace.step(this.#process.id, `# ${describeReplicaEffect(effect)}`);
      chronicle.replicaActed(this.#process, effect);
      this.#perform(effect);
      if (!this.#process.isAlive) return;
    }
  }

  #perform(effect: ReplicaEffect): void {
    switch (effect.kind) {
      case 'submit':
        this.#entries.submitted(effect.entry);
        return this.#process.give({ kind: 'submit', entries: [effect.encoded ?? encodeEntry(effect.entry)] });
      case 'execute':
        return this.#executor.execute(effect.order, effect.operations);
      case 'pause-output':
        return this.#executor.pauseOutput(effect.connection);
      case 'resume-output':
        return this.#executor.resumeOutput(effect.connection);
      case 'send-client':
        return this.clients.send(effect.client, effect.messages);
      case 'close-client':
        return this.clients.close(effect.client);
      case 'hold-clients':
        return this.clients.hold(effect.hold);
      case 'report':
        return;
    }
  }
}
