import type {
  ClientId,
  GroupEngine,
  GroupHandler,
  IncarnationId,
  Logger,
  Milliseconds,
  OrderedRuns,
  OrderNumber,
  Segment,
  View,
} from '@lockstep/contracts';
import type { Executor } from '../executor/executor.js';
import type { ExecutorHandler } from '../executor/executor-handler.js';
import type { ClientToMember } from '../protocol/connections/client-link.js';
import type { Replica } from '../protocol/connections/replica.js';
import type { ConnectionKey, ReplicaEffect, ReplicaInput } from '../protocol/connections/replica-io.js';
import { earliest } from '../protocol/earliest.js';
import { Fifo } from '../protocol/fifo.js';
import type { Report } from '../protocol/member-io.js';
import type { EntryCodec } from './entry-codec.js';
import { EntryReader } from './entry-reader.js';
import { logReport } from './log-report.js';
import type { ClientLinks, ClientLinksHandler } from '../link/client-links.js';
import type { LinkServer } from '../link/link-server.js';
import { TurnLoop } from '../link/turn-loop.js';

/** What a service interceptor is made of. */
export interface ServiceInterceptorParts {
  /** This incarnation. */
  readonly self: IncarnationId;
  readonly engine: GroupEngine;
  readonly replica: Replica;
  readonly clients: ClientLinks;
  /** Where all links come in; listening. */
  readonly server: LinkServer;
  readonly codec: EntryCodec;
  /** Undefined in a witness, which executes nothing. */
  readonly makeExecutor: ((handler: ExecutorHandler) => Executor) | undefined;
  /** Whether the service lives; asked before the end of a connection is taken for the service's own decision. */
  readonly confirmServiceAlive: () => Promise<boolean>;
  /** Whether the service is certainly in its initial state, as a replay from the first entry needs it. */
  readonly isServiceFresh: () => boolean;
  readonly logger: Logger;
  readonly now: () => Milliseconds;
}

/** How an incarnation of a service interceptor ended. */
export type InterceptorEnd =
  | { readonly kind: 'excluded'; readonly reason: string }
  | { readonly kind: 'service-died' }
  /** The group wants to fill the service by replay, but it has been used before. */
  | { readonly kind: 'service-used' };

/**
 * The service's side of the virtual communication layer, for one incarnation: group, replicated connections, executor and
 * client links, wired together. It decides nothing; what it is told by one it tells the other.
 */
export class ServiceInterceptor implements GroupHandler, ExecutorHandler, ClientLinksHandler {
  readonly #parts: ServiceInterceptorParts;
  readonly #executor: Executor | undefined;
  readonly #entries: EntryReader;
  readonly #loop: TurnLoop;
  readonly #logger: Logger;
  /** Inputs that came up while the replica engine was at work on another. */
  readonly #inputs = new Fifo<ReplicaInput>();
  #stepping = false;
  #stopped = false;
  #ended = false;
  #onEnd: (end: InterceptorEnd) => void = () => undefined;

  constructor(parts: ServiceInterceptorParts) {
    this.#parts = parts;
    this.#logger = parts.logger;
    this.#entries = new EntryReader(parts.self, parts.codec);
    this.#executor = parts.makeExecutor?.(this);
    this.#loop = new TurnLoop(
      {
        flush: () => this.#step({ kind: 'flush' }),
        tick: () => this.#tick(),
        nextDeadline: () => earliest(parts.replica.nextDeadline(), this.#executor?.nextDeadline()),
      },
      parts.now,
    );
  }

  /** Joins or forms the group. `onEnd` is called once, when this incarnation can no longer be of use. */
  async start(onEnd: (end: InterceptorEnd) => void): Promise<void> {
    this.#onEnd = onEnd;
    this.#parts.clients.bind(this);
    await this.#parts.engine.start(this);
  }

  /** Tells clients to go to another member, and leaves the group. */
  async leave(): Promise<void> {
    this.#tell({ kind: 'leaving' });
    await this.#parts.engine.leave();
  }

  /** Lets go of everything at once. */
  async stop(): Promise<void> {
    this.#halt();
    this.#parts.clients.stop();
    await this.#parts.engine.stop();
    await this.#parts.server.close();
  }

  /** The service has ended by itself: nothing that its connections say any more is its own decision. */
  serviceDied(): void {
    this.#executor?.stop();
    this.#end({ kind: 'service-died' });
  }

  onOrdered(ordered: OrderedRuns): void {
    if (this.#executor !== undefined) this.#tell({ kind: 'ordered', entries: this.#entries.read(ordered) });
  }

  onStable(through: OrderNumber): void {
    if (this.#executor !== undefined) this.#tell({ kind: 'stable', through });
  }

  onView(view: View, role: 'member' | 'learner'): void {
    if (role === 'learner' && !this.#parts.isServiceFresh()) {
      this.#halt();
      return this.#end({ kind: 'service-used' });
    }
    this.#tell({ kind: 'view', view, role });
  }

  onWritable(writable: boolean): void {
    this.#tell({ kind: 'writable', writable });
  }

  onQuorum(heard: boolean): void {
    this.#tell({ kind: 'quorum', heard });
  }

  onExcluded(reason: string): void {
    this.#halt();
    this.#end({ kind: 'excluded', reason });
  }

  onExecuted(through: OrderNumber): void {
    this.#parts.engine.executed(through);
  }

  onOutput(connection: ConnectionKey, segment: Segment, cause: OrderNumber): void {
    this.#tell({ kind: 'output', connection, segment, cause }, segment.payload.length);
  }

  onOutputEnd(connection: ConnectionKey, cause: OrderNumber): void {
    this.#tellIfServiceLives({ kind: 'output-end', connection, cause });
  }

  onOutputReset(connection: ConnectionKey, reason: Error, cause: OrderNumber): void {
    this.#logger.debug({ connection, reason: reason.message }, 'The service broke a connection');
    this.#tellIfServiceLives({ kind: 'output-reset', connection, cause });
  }

  onInputTaken(connection: ConnectionKey, units: number): void {
    this.#tell({ kind: 'input-taken', connection, units });
  }

  onServiceLost(reason: Error): void {
    this.#logger.warn({ event: 'service-lost', reason: reason.message }, 'The service is taken for dead');
    this.serviceDied();
  }

  onGateTimeout(connection: ConnectionKey): void {
    this.#logger.warn(
      { event: 'gate-timeout', connection },
      'The service did not finish a turn in time: the next connection was let in, and replicas may differ in their order',
    );
  }

  onClientUp(client: ClientId): void {
    this.#tell({ kind: 'client-link-up', client });
  }

  onClientDown(client: ClientId): void {
    this.#tell({ kind: 'client-link-down', client });
  }

  onClientMessages(client: ClientId, messages: readonly ClientToMember[]): void {
    this.#tell({ kind: 'client-messages', client, messages });
  }

  onClientWritable(client: ClientId, writable: boolean): void {
    this.#tell({ kind: 'client-link-writable', client, writable });
  }

  #tick(): void {
    this.#executor?.tick();
    this.#step({ kind: 'tick' });
  }

  /** @param byteLength how many bytes it brings that are to be sent on */
  #tell(input: ReplicaInput, byteLength = 0): void {
    this.#step(input);
    if (this.#parts.replica.wantsFlush) this.#loop.touch(byteLength);
    else this.#loop.arm();
  }

  /** A connection that ends may be the service's own decision, or the first sign of its death. */
  #tellIfServiceLives(input: ReplicaInput): void {
    this.#parts.confirmServiceAlive().then(
      (alive) => {
        if (this.#stopped) return;
        if (alive) this.#tell(input);
        else this.serviceDied();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #step(input: ReplicaInput): void {
    if (this.#stepping) return this.#inputs.push(input);
    this.#stepping = true;
    try {
      for (let next: ReplicaInput | undefined = input; next !== undefined; next = this.#inputs.shift()) {
        if (this.#stopped) break;
        for (const effect of this.#parts.replica.step(next, this.#parts.now())) this.#run(effect);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#stepping = false;
    }
  }

  #run(effect: ReplicaEffect): void {
    const { engine, clients, codec } = this.#parts;
    switch (effect.kind) {
      case 'submit':
        this.#entries.submitted(effect.entry);
        return engine.submit(effect.encoded ?? codec.encode(effect.entry));
      case 'execute':
        return this.#executor?.execute(effect.order, effect.operations);
      case 'pause-output':
        return this.#executor?.pauseOutput(effect.connection);
      case 'resume-output':
        return this.#executor?.resumeOutput(effect.connection);
      case 'send-client':
        return clients.send(effect.client, effect.messages);
      case 'close-client':
        return clients.close(effect.client);
      case 'hold-clients':
        return clients.hold(effect.hold);
      case 'report':
        return logReport(this.#logger, effect satisfies Report);
    }
  }

  /** An invariant is broken: going on could show clients what the group never agreed on. */
  #fail(error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#logger.error(
      { error: what, snapshot: this.#parts.replica.snapshot() },
      'This replica stops: an invariant is broken',
    );
    this.#halt();
    this.#end({ kind: 'excluded', reason: 'an invariant is broken' });
  }

  /** Nothing is executed or released from here on. */
  #halt(): void {
    this.#stopped = true;
    this.#loop.stop();
    this.#executor?.stop();
  }

  #end(end: InterceptorEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(end);
  }
}
