import type { Milliseconds, OrderNumber, Segment, ServiceFace } from '@lockstep/contracts';
import type { ConnectionKey, ServiceOperation } from '@lockstep/core/protocol';
import { Executor, type ExecutorHandler } from '@lockstep/core/simulation';
import type { Random } from '../../simulator/base/random.js';
import type { Disturbances } from './disturbances.js';
import { cut, isDivisible, join } from './segments.js';
import { WatchedServiceChannel } from './watched-channel.js';

/** How long a service may take for a turn while another connection waits, before that is let in all the same. */
const gateTimeoutMs = 500 as Milliseconds;

/** Operations handed over in one turn of the event loop. */
const operationsPerTurnMax = 8;

/** What a replica tells, of one of its connections. */
export interface ReplicaOutputHandler {
  onOutput(segment: Segment): void;
  onOutputEnd(): void;
  onOutputReset(reason: Error): void;
  /** @param units cumulative */
  onInputTaken(units: number): void;
}

/** One replica in the relay: its service face, and the executor of the product, which gives it what all are given. */
export class RelayReplica {
  readonly name: string;
  /** Every channel that the face has given. */
  readonly channels: WatchedServiceChannel[] = [];
  readonly #executor: Executor;
  readonly #disturbances: Disturbances;
  readonly #random: Random;
  /** What is ordered and not handed over yet. */
  readonly #waiting: ServiceOperation[] = [];
  #order = 0;

  /**
   * @param handlerOf what listens to a connection
   * @param report is given each breach of the contract, in words
   */
  constructor(
    name: string,
    face: ServiceFace,
    disturbances: Disturbances,
    random: Random,
    handlerOf: (key: ConnectionKey) => ReplicaOutputHandler | undefined,
    report: (breach: string) => void,
  ) {
    this.name = name;
    this.#disturbances = disturbances;
    this.#random = random;
    const endpoint = { face: this.#watched(face, report), gated: true };
    this.#executor = new Executor(new Map([['relay', endpoint]]), executorHandler(handlerOf, report), {
      gateTimeoutMs,
      now: () => performance.now(),
    });
  }

  /** Nothing waits to be handed over. */
  get isSettled(): boolean {
    return this.#waiting.length === 0 && this.#executor.pending === 0;
  }

  order(operation: ServiceOperation): void {
    this.#waiting.push(operation);
  }

  /** One turn of the event loop. */
  pump(): void {
    const deadline = this.#executor.nextDeadline();
    if (deadline !== undefined && deadline <= performance.now()) this.#executor.tick();
    if (this.#random.chance(this.#disturbances.delay)) return;
    for (let count = 0; count < operationsPerTurnMax; count += 1) {
      const operation = this.#next();
      if (operation === undefined) return;
      this.#order += 1;
      this.#executor.execute(this.#order as OrderNumber, [operation]);
    }
  }

  pauseOutput(key: ConnectionKey): void {
    this.#executor.pauseOutput(key);
  }

  resumeOutput(key: ConnectionKey): void {
    this.#executor.resumeOutput(key);
  }

  /** Breaks all connections and closes the face. */
  stop(): void {
    this.#executor.stop();
  }

  /** The next operation, in the form in which this replica is to have it. */
  #next(): ServiceOperation | undefined {
    const operation = this.#waiting.shift();
    if (operation?.kind !== 'data' || !isDivisible(operation.segment)) return operation;
    const { connection } = operation;
    let { segment } = operation;
    if (this.#random.chance(this.#disturbances.join)) segment = join([segment, ...this.#followers(connection)]);
    if (segment.length > 1 && this.#random.chance(this.#disturbances.split)) {
      const [head, rest] = cut(segment, this.#random.integer(1, segment.length - 1));
      this.#waiting.unshift({ kind: 'data', connection, segment: rest });
      segment = head;
    }
    return { kind: 'data', connection, segment };
  }

  /** Takes the divisible segments of the same connection that come next. */
  #followers(connection: ConnectionKey): Segment[] {
    const segments: Segment[] = [];
    for (let next = this.#waiting[0]; next?.kind === 'data'; next = this.#waiting[0]) {
      if (next.connection !== connection || !isDivisible(next.segment)) break;
      segments.push(next.segment);
      this.#waiting.shift();
    }
    return segments;
  }

  #watched(face: ServiceFace, report: (breach: string) => void): ServiceFace {
    return {
      connect: () => {
        const channel = new WatchedServiceChannel(face.connect(), report);
        this.channels.push(channel);
        return channel;
      },
      probe: () => face.probe(),
      close: () => face.close?.(),
      ...(face.onLost && { onLost: (listener: (reason: Error) => void) => face.onLost?.(listener) }),
    };
  }
}

function executorHandler(
  handlerOf: (key: ConnectionKey) => ReplicaOutputHandler | undefined,
  report: (breach: string) => void,
): ExecutorHandler {
  return {
    onExecuted: () => undefined,
    onOutput: (key, segment) => handlerOf(key)?.onOutput(segment),
    onOutputEnd: (key) => handlerOf(key)?.onOutputEnd(),
    onOutputReset: (key, reason) => handlerOf(key)?.onOutputReset(reason),
    onInputTaken: (key, units) => handlerOf(key)?.onInputTaken(units),
    onServiceLost: (reason) => report(`onLost was told, though nothing died: ${reason.message}`),
    // The others were let in: what a service that keeps a request back for long has to expect.
    onGateTimeout: () => undefined,
  };
}
