import type { OrderNumber, Segment } from '@lockstep/contracts';
import type { ConnectionKey, ReplicaInput, ServiceOperation } from '../../connections/replica-io.js';
import type { Random } from './random.fixture.js';
import { check, type Truth, type Unit, unitsOfPayload } from './truth.fixture.js';

/** Bytes that mean something to the model service. */
export const codes = { count: 88, finish: 81, break: 82 } as const;

/** What the model service answers to a byte that means nothing. */
export function echoOf(byte: number): number {
  return (byte * 31 + 7) & 255;
}

/** What is read at once, at most. */
const chunkUnitsMax = 300;

interface ModelConnection {
  readonly key: ConnectionKey;
  readonly endpoint: string;
  /** Put out, and not read by the replica. */
  readonly unread: Unit[];
  putOut: number;
  finished: boolean;
  given: number;
  taken: number;
  paused: boolean;
}

/**
 * A deterministic service with state that its connections share: it echoes bytes (or whole messages), and hands out a
 * counter. It works when it likes, and is read in chunks of any size.
 */
export class ModelService {
  readonly #random: Random;
  readonly #truth: Truth;
  readonly #queue: { readonly order: OrderNumber; readonly operations: readonly ServiceOperation[] }[] = [];
  readonly #connections = new Map<ConnectionKey, ModelConnection>();
  #executed = 0 as OrderNumber;
  counter = 0;

  constructor(random: Random, truth: Truth) {
    this.#random = random;
    this.#truth = truth;
  }

  get isIdle(): boolean {
    return (
      this.#queue.length === 0 &&
      [...this.#connections.values()].every(({ unread, taken, given }) => {
        return unread.length === 0 && taken === given;
      })
    );
  }

  accept(order: OrderNumber, operations: readonly ServiceOperation[]): void {
    this.#queue.push({ order, operations });
  }

  pause(key: ConnectionKey, paused: boolean): void {
    const connection = this.#connections.get(key);
    if (connection !== undefined) connection.paused = paused;
  }

  /** Does some of the work that is waiting. */
  work(entriesMax: number): void {
    for (const { order, operations } of this.#queue.splice(0, entriesMax)) {
      this.#executed = order;
      for (const operation of operations) this.#execute(operation, order);
    }
  }

  /** What the replica reads from the service next, if anything. */
  read(): ReplicaInput | undefined {
    const readable = [...this.#connections.values()].filter(({ unread, paused }) => unread.length > 0 && !paused);
    const connection = this.#random.pick(readable);
    const first = connection?.unread[0];
    if (connection === undefined || first === undefined) return undefined;
    const { key, unread } = connection;
    const cause = this.#executed;
    if (first.text === 'end' || first.text === 'reset') {
      unread.shift();
      return { kind: `output-${first.text}`, connection: key, cause };
    }
    return { kind: 'output', connection: key, segment: this.#readSegment(unread), cause };
  }

  /** What the service has taken since, if anything. */
  take(): ReplicaInput | undefined {
    const connection = this.#random.pick([...this.#connections.values()].filter(({ given, taken }) => taken < given));
    if (connection === undefined) return undefined;
    connection.taken += 1 + this.#random.below(connection.given - connection.taken);
    return { kind: 'input-taken', connection: connection.key, units: connection.taken };
  }

  #readSegment(unread: Unit[]): Segment {
    const first = unread[0]!.text;
    if (first.startsWith('<')) {
      unread.shift();
      return { length: 1, payload: Uint8Array.from(first.slice(1, -1).split('-'), Number) };
    }
    const wanted = 1 + this.#random.below(Math.min(unread.length, chunkUnitsMax));
    const end = unread.findIndex(({ text }) => Number.isNaN(Number(text)));
    const bytes = unread.splice(0, end < 0 ? wanted : Math.min(wanted, end));
    return { length: bytes.length, payload: Uint8Array.from(bytes, ({ text }) => Number(text)) };
  }

  #execute(operation: ServiceOperation, order: OrderNumber): void {
    const key = operation.connection;
    if (operation.kind === 'open') {
      check(!this.#connections.has(key), `S1: ${key} is opened twice`);
      const fresh = { putOut: 0, finished: false, given: 0, taken: 0, paused: false };
      this.#connections.set(key, { key, endpoint: operation.endpoint, unread: [], ...fresh });
      return;
    }
    const connection = this.#connections.get(key);
    check(connection !== undefined, `S1: ${operation.kind} on ${key}, which is not open`);
    switch (operation.kind) {
      case 'data':
        connection.given += operation.segment.length;
        return this.#answer(connection, operation.segment, order);
      case 'end':
        if (connection.finished) return;
        if (connection.endpoint === 'echo') this.#putOut(connection, '46', order);
        return this.#finish(connection, 'end', order);
      case 'reset':
      case 'release':
        this.#connections.delete(key);
    }
  }

  #answer(connection: ModelConnection, { length, payload }: Segment, order: OrderNumber): void {
    if (connection.endpoint === 'messages') {
      if (!connection.finished) this.#putOut(connection, unitsOfPayload(1, payload.map(echoOf))[0]!, order);
      return;
    }
    check(length === payload.byteLength, 'bytes are counted as bytes');
    for (const byte of payload) {
      if (byte === codes.count) this.counter += 1;
      if (connection.finished) continue;
      if (byte === codes.finish) this.#finish(connection, 'end', order);
      else if (byte === codes.break) this.#finish(connection, 'reset', order);
      else this.#putOut(connection, String(echoOf(byte)), order);
      if (byte !== codes.count) continue;
      for (const shift of [24, 16, 8, 0]) this.#putOut(connection, String((this.counter >>> shift) & 255), order);
    }
  }

  #finish(connection: ModelConnection, how: 'end' | 'reset', order: OrderNumber): void {
    this.#putOut(connection, how, order);
    connection.finished = true;
  }

  #putOut(connection: ModelConnection, text: string, order: OrderNumber): void {
    const unit = { text, order };
    this.#truth.produced(connection.key, connection.putOut++, unit);
    connection.unread.push(unit);
  }
}
