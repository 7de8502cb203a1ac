import { LockstepError } from '@lockstep/contracts';
import type { Milliseconds, OrderNumber, ServiceFace } from '@lockstep/contracts';
import type { ConnectionKey, ServiceOperation } from '../protocol/connections/replica-io.js';
import { InvariantBroken } from '../protocol/invariant.js';
import type { ExecutorHandler } from './executor-handler.js';
import { OperationQueue } from './operation-queue.js';
import { ServiceConnection, type ConnectionOwner } from './service-connection.js';

/** An endpoint of the service, as the executor uses it. */
export interface ExecutorEndpoint {
  readonly face: ServiceFace;
  /** False for the gate `none` and for shared connections: these neither wait nor are waited for. */
  readonly gated: boolean;
}

export interface ExecutorOptions {
  /** How long a turn may go without a sign of life from the service before the next one is let in. */
  readonly gateTimeoutMs: Milliseconds;
  /** The clock. It is given rather than taken, so that a simulator can be the one who moves it. */
  readonly now: () => Milliseconds;
}

/** A turn that keeps giving signs of life may hold up the others for at most this many gate timeouts. */
export const gateTimeoutsPerTurnMax = 10;

/** Released connections that the service may leave open; beyond it the oldest is broken. */
const lingeringConnectionsMax = 1024;

/** How long a gate that seems to have timed out gets to prove otherwise. */
const recheckAfterMs = 1;

/**
 * Hands ordered entries to the service in turns, so that a service with many connections takes them in one order.
 *
 * A turn is what one connection is given until another one gets something; within it nothing waits. The first
 * operation of another connection waits until the service has finished the turn, as the channel's gate says. A reset
 * waits for the turn of its own connection too: it would destroy input that some replicas' services have read already
 * and others have not. So that the service can finish a turn, its output is read to the end of the turn even when it is
 * to be paused. A turn is not waited for after its gate has timed out, until the service has caught up.
 *
 * What waits, waits at the head of one queue, so the order of handing over is the order of the entries for all
 * connections, also for those that have no gate.
 */
export class Executor {
  readonly #endpoints: ReadonlyMap<string, ExecutorEndpoint>;
  readonly #handler: ExecutorHandler;
  readonly #options: ExecutorOptions;
  readonly #owner: ConnectionOwner;
  readonly #queue = new OperationQueue();
  readonly #connections = new Map<ConnectionKey, ServiceConnection>();
  /** Released connections that the service has not closed yet. */
  readonly #lingering = new Set<ServiceConnection>();
  /** The gated connection that was given something last. It may be released, or reset. */
  #turn: ServiceConnection | undefined;
  /** Since when the head of the queue has waited for `#turn`; undefined while nothing waits. */
  #waitingSince: Milliseconds | undefined;
  /** Set once the gate seems to have timed out: when to look again. */
  #recheckAt: Milliseconds | undefined;
  #accepted = 0 as OrderNumber;
  #handedOver = 0 as OrderNumber;
  #reported = 0 as OrderNumber;
  #draining = false;
  #stopped = false;

  constructor(endpoints: ReadonlyMap<string, ExecutorEndpoint>, handler: ExecutorHandler, options: ExecutorOptions) {
    this.#endpoints = endpoints;
    this.#handler = handler;
    this.#options = options;
    this.#owner = {
      cause: () => this.#handedOver,
      onSignOfLife: (connection) => this.#noteSignOfLife(connection),
      onSettled: (connection) => {
        if (connection === this.#turn) this.#drain();
      },
      onOverrun: (connection) => this.#excuse(connection),
      onGone: (connection) => this.#lingering.delete(connection),
    };
    for (const { face } of endpoints.values()) {
      face.onLost?.((reason) => {
        if (!this.#stopped) handler.onServiceLost(reason);
      });
    }
  }

  /** Operations that wait for their turn. */
  get pending(): number {
    return this.#queue.size;
  }

  /**
   * Takes the operations of the next entry, and hands over what need not wait. Entries without operations are given
   * too, so that `onExecuted` goes past them. After `stop` it does nothing.
   *
   * @param order one more than the entry before; the first may have any number
   * @param operations belongs to the executor from here on
   */
  execute(order: OrderNumber, operations: readonly ServiceOperation[]): void {
    if (this.#stopped) return;
    if (this.#accepted !== 0 && order !== this.#accepted + 1) {
      throw new InvariantBroken(`entry ${order} follows ${this.#accepted}`);
    }
    this.#accepted = order;
    if (operations.length > 0) this.#queue.push(order, operations);
    this.#drain();
  }

  /**
   * Stops reading this connection's output once its turn is over, for backpressure. Ignored if the connection is gone.
   */
  pauseOutput(key: ConnectionKey): void {
    this.#connections.get(key)?.pause();
  }

  /** Undoes `pauseOutput`. */
  resumeOutput(key: ConnectionKey): void {
    this.#connections.get(key)?.resume(this.#options.now());
  }

  /** When `tick` is to be called, or undefined when nothing has to be waited for. */
  nextDeadline(): Milliseconds | undefined {
    if (this.#waitingSince === undefined || this.#turn === undefined) return undefined;
    return Math.max(this.#turn.quietSince + this.#options.gateTimeoutMs, this.#recheckAt ?? 0);
  }

  /** Looks whether the gate that is waited for has timed out. */
  tick(): void {
    const deadline = this.nextDeadline();
    const now = this.#options.now();
    if (deadline === undefined || now < deadline || this.#turn === undefined) return;
    if (this.#recheckAt === undefined) {
      // A process that stood still finds its timers due before it has read its sockets. The answer may lie there.
      this.#recheckAt = now + recheckAfterMs;
      return;
    }
    this.#excuse(this.#turn);
  }

  /** Breaks all connections, those that are shared too, and forgets what waits. Nothing is told afterwards. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#queue.clear();
    for (const connection of this.#connections.values()) connection.reset();
    for (const connection of this.#lingering) connection.reset();
    this.#connections.clear();
    this.#lingering.clear();
    for (const { face } of this.#endpoints.values()) face.close?.();
    this.#turn = undefined;
    this.#waitingSince = undefined;
  }

  #drain(): void {
    // Only when a handler calls back: the loop below goes on with what has changed.
    if (this.#draining || this.#stopped) return;
    this.#draining = true;
    const now = this.#options.now();
    for (;;) {
      const operation = this.#queue.first;
      const order = this.#queue.firstOrder;
      if (operation === undefined || order === undefined || this.#mustWait(operation, now)) break;
      this.#queue.shift();
      this.#handedOver = order;
      this.#handOver(operation, now);
    }
    this.#noteWaiting(now);
    this.#draining = false;
    this.#reportExecuted();
  }

  /** Whether the service has to finish something first. Moves the turn on if not. */
  #mustWait(operation: ServiceOperation, now: Milliseconds): boolean {
    if (operation.kind === 'release') return false;
    const connection = this.#connections.get(operation.connection);
    const gated = connection?.gated ?? (operation.kind === 'open' && this.#endpoints.get(operation.endpoint)?.gated);
    if (gated !== true) return false;
    if (connection !== this.#turn && this.#turn?.isAwaited === true) return true;
    if (connection !== this.#turn) this.#stopWaiting();
    this.#turn = connection;
    if (operation.kind !== 'reset' || connection === undefined) return false;
    connection.silence(now);
    return connection.isAwaited;
  }

  #handOver(operation: ServiceOperation, now: Milliseconds): void {
    if (operation.kind === 'open') return this.#open(operation.connection, operation.endpoint, now);
    const connection = this.#connections.get(operation.connection);
    if (!connection) throw new InvariantBroken(`${operation.kind} for ${operation.connection}, which is not open`);
    connection.quietSince = now;
    switch (operation.kind) {
      case 'data':
        return connection.send(operation.segment);
      case 'end':
        return connection.end();
      case 'reset':
        this.#connections.delete(connection.key);
        return connection.reset();
      case 'release':
        this.#connections.delete(connection.key);
        if (connection.release(now)) this.#linger(connection);
    }
  }

  /** A service that keeps open what is over for its client has diverged; it must not collect connections for ever. */
  #linger(connection: ServiceConnection): void {
    this.#lingering.add(connection);
    const [oldest] = this.#lingering;
    if (oldest === undefined || this.#lingering.size <= lingeringConnectionsMax) return;
    this.#lingering.delete(oldest);
    oldest.reset();
  }

  #open(key: ConnectionKey, endpointName: string, now: Milliseconds): void {
    if (this.#connections.has(key)) throw new InvariantBroken(`connection ${key} is opened twice`);
    const endpoint = this.#endpoints.get(endpointName);
    const connection = new ServiceConnection(key, endpoint?.gated === true, this.#handler, this.#owner);
    this.#connections.set(key, connection);
    connection.quietSince = now;
    if (connection.gated) this.#turn = connection;
    if (endpoint !== undefined) connection.open(endpoint.face.connect());
    else connection.refuse(unknownEndpoint(endpointName));
  }

  /** The wait, if there is one, is for the turn that is current now; a new turn is waited for afresh. */
  #noteWaiting(now: Milliseconds): void {
    if (this.#queue.first === undefined || this.#turn?.isAwaited !== true) {
      this.#stopWaiting();
    } else {
      this.#waitingSince ??= now;
    }
  }

  /** Lets the others in although this connection has not finished. */
  #excuse(connection: ServiceConnection): void {
    connection.excuse();
    this.#handler.onGateTimeout(connection.key);
    this.#drain();
  }

  #stopWaiting(): void {
    this.#waitingSince = undefined;
    this.#recheckAt = undefined;
  }

  #noteSignOfLife(connection: ServiceConnection): void {
    if (!connection.gated) return;
    const now = this.#options.now();
    const waitingSince = connection === this.#turn ? this.#waitingSince : undefined;
    // A service that answers without end must not hold up the others without end.
    const latest = (waitingSince ?? now) + (gateTimeoutsPerTurnMax - 1) * this.#options.gateTimeoutMs;
    if (Math.min(now, latest) <= connection.quietSince) return;
    connection.quietSince = Math.min(now, latest);
    if (waitingSince !== undefined) this.#recheckAt = undefined;
  }

  #reportExecuted(): void {
    const firstWaiting = this.#queue.firstOrder;
    const executed = firstWaiting === undefined ? this.#accepted : ((firstWaiting - 1) as OrderNumber);
    if (this.#stopped || executed <= this.#reported) return;
    this.#reported = executed;
    this.#handler.onExecuted(executed);
  }
}

function unknownEndpoint(name: string): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    `A client opened a connection to the endpoint "${name}", which this replica does not have: ` +
      'give all hosts the same configuration.',
  );
}
