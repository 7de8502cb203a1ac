import type { OrderNumber, Position, Segment } from '@lockstep/contracts';
import { ByteBudget } from '../byte-budget.js';
import { Fifo } from '../fifo.js';
import { invariant } from '../invariant.js';
import { connectionLimits } from './limits.js';
import { ReplicaConnection } from './replica-connection.js';
import type { ConnectionKey } from './replica-io.js';
import type { ConnectionRecord } from './table-records.js';

/** Output that waits for its cause to be stable. */
interface Unreleased {
  readonly connection: ReplicaConnection;
  readonly through: Position;
  readonly cause: OrderNumber;
}

/** The output caches of all live connections: what is released when, and how much they hold together. */
export class OutputCache {
  readonly #connections = new Map<ConnectionKey, ReplicaConnection>();
  readonly #budget: ByteBudget;
  /** Of all connections, by cause: so that releasing costs what is released, however many connections there are. */
  readonly #unreleased = new Fifo<Unreleased>();
  #lastCause = 0 as OrderNumber;

  constructor(windowBytes: number, totalBytesMax: number) {
    this.#budget = new ByteBudget(windowBytes, totalBytesMax, connectionLimits.cacheShareBytesMin);
  }

  get size(): number {
    return this.#connections.size;
  }

  get bytes(): number {
    return this.#budget.bytes;
  }

  get exceeded(): boolean {
    return this.#budget.exceeded;
  }

  get(key: ConnectionKey): ReplicaConnection | undefined {
    return this.#connections.get(key);
  }

  open(record: ConnectionRecord): void {
    invariant(!this.#connections.has(record.key), 'a connection is opened once');
    this.#connections.set(record.key, new ReplicaConnection(record));
  }

  /** Forgets a connection with all that it holds. */
  close(key: ConnectionKey): ReplicaConnection {
    const connection = this.#connections.get(key);
    invariant(connection !== undefined, 'a connection is live until it is closed');
    connection.isClosed = true;
    this.#connections.delete(key);
    this.#budget.change(connection.output.bytes, 0);
    return connection;
  }

  /**
   * Adds what the service has put out.
   *
   * @param cause the last entry that can have brought it about
   */
  produce(connection: ReplicaConnection, output: Segment | 'end' | 'reset', cause: OrderNumber): void {
    const before = connection.output.bytes;
    if (output === 'end' || output === 'reset') connection.output.finish(output);
    else connection.output.append(output);
    this.#budget.change(before, connection.output.bytes);
    // The end of a connection may be told late, after other connections' output with later causes: it waits with them.
    if (cause > this.#lastCause) this.#lastCause = cause;
    this.#unreleased.push({ connection, through: connection.output.produced, cause: this.#lastCause });
  }

  /** The client has acknowledged more. */
  acknowledge(connection: ReplicaConnection): void {
    const before = connection.output.bytes;
    connection.output.acknowledge(connection.record.acknowledged);
    this.#budget.change(before, connection.output.bytes);
  }

  /**
   * Releases the next output that was caused by an entry up to `stable`.
   *
   * @returns the connection that has more to send, or undefined if there is no such output
   */
  releaseNext(stable: OrderNumber): ReplicaConnection | undefined {
    const next = this.#unreleased.first;
    if (next === undefined || next.cause > stable) return undefined;
    this.#unreleased.shift();
    next.connection.output.release(next.through);
    return next.connection;
  }

  /** Whether the service's output on this connection is to be read no further. */
  isFull(connection: ReplicaConnection): boolean {
    return connection.output.bytes > this.#budget.windowBytes;
  }

  /** Whether a connection that was full may be read again. */
  hasRoom(connection: ReplicaConnection): boolean {
    return connection.output.bytes <= this.#budget.windowBytes / 2;
  }
}
