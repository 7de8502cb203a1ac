import type { Channel, ChannelHandler, Segment } from '@lockstep/contracts';
import type { ConnectionKey, ServiceOperation } from '@lockstep/core/protocol';
import type { Random } from '../../simulator/base/random.js';
import type { Disturbances } from './disturbances.js';
import { Outstanding } from './outstanding.js';
import type { RelayReplica, ReplicaOutputHandler } from './relay-replica.js';
import { RelayedInput } from './relayed-input.js';
import { RelayedOutput } from './relayed-output.js';

/** Bytes that may wait, in each direction of each connection and at each replica, before the source is paused. */
const windowBytes = 256 * 1024;

/** Segments moved in one turn of the event loop. */
const segmentsPerTurnMax = 8;

/** Turns for which a channel is held back. */
const holdTurnsMax = 12;

/** One connection as one replica has it. */
interface ReplicaSide {
  readonly replica: RelayReplica;
  readonly output: RelayedOutput;
  readonly outstanding: Outstanding;
  isPaused: boolean;
  holdTurns: number;
}

/** What a connection needs of the relay that it belongs to. */
export interface RelayedConnectionParts {
  readonly key: ConnectionKey;
  readonly channel: Channel;
  readonly replicas: readonly RelayReplica[];
  readonly disturbances: Disturbances;
  readonly random: Random;
  /** Puts an operation into the order of all replicas. */
  order(operation: ServiceOperation): void;
  /** Is given each breach of the contract, in words. */
  report(breach: string): void;
}

/**
 * One client's connection through the relay. Its input goes to all replicas, its output comes from one of them at a time, and
 * at arbitrary positions from another one.
 */
export class RelayedConnection implements ChannelHandler {
  /** How often the output was continued with that of another replica. */
  cutovers = 0;
  readonly #parts: RelayedConnectionParts;
  readonly #input: RelayedInput;
  readonly #sides: readonly ReplicaSide[];
  readonly #toClient = new Outstanding();
  #active: ReplicaSide;
  /** Units given to the client, the end not counted. */
  #delivered = 0;
  #cutAt = Infinity;
  #isEndDelivered = false;
  #isEndOrdered = false;
  #isPaused = false;
  #holdTurns = 0;
  /** Broken by the client or for it. */
  #isBroken = false;
  #isClientClosed = false;
  #isOver = false;

  constructor(parts: RelayedConnectionParts) {
    this.#parts = parts;
    this.#input = new RelayedInput(parts.disturbances, parts.random);
    this.#sides = parts.replicas.map((replica) => ({
      replica,
      output: new RelayedOutput((breach) => parts.report(`${replica.name}: ${breach}`)),
      outstanding: new Outstanding(),
      isPaused: false,
      holdTurns: 0,
    }));
    this.#active = parts.random.pick(this.#sides);
    this.#chooseCut();
    parts.order({ kind: 'open', connection: parts.key, endpoint: 'relay' });
  }

  /** The replicas were told that it is over, and the client's channel is closed. */
  get isOver(): boolean {
    return this.#isOver && this.#isClientClosed;
  }

  /** How it stands, for an error. */
  get description(): string {
    const input = `${this.#input.received} units${this.#input.hasEnded ? ' and the end' : ''} from the client`;
    const client = this.#isClientClosed ? 'closed' : this.#isBroken ? 'broken' : 'open';
    const outputs = this.#sides.map(({ replica, output }) => `${replica.name} ${output.produced} (${output.state})`);
    const delivered = `${this.#delivered}${this.#isEndDelivered ? ' and the end' : ''} delivered to the client (${client})`;
    return `connection ${this.#parts.key}: ${input}; from the replicas: ${outputs.join(', ')}; ${delivered}`;
  }

  /** What a replica tells of this connection. */
  handlerOf(index: number): ReplicaOutputHandler {
    const side = this.#sides[index]!;
    return {
      onOutput: (segment) => side.output.push(segment),
      onOutputEnd: () => (side.output.state = 'ended'),
      onOutputReset: (reason) => this.#noteServiceReset(side, reason),
      onInputTaken: (units) => side.outstanding.noteTaken(units),
    };
  }

  onSegment(segment: Segment): void {
    this.#input.push(segment);
  }

  onEnd(): void {
    this.#input.hasEnded = true;
  }

  onReset(): void {
    this.#break();
  }

  onTaken(units: number): void {
    this.#toClient.noteTaken(units);
  }

  onClosed(): void {
    this.#isClientClosed = true;
    const isDone = this.#input.hasEnded && this.#isEndDelivered;
    if (!isDone) this.#break();
  }

  /** One turn of the event loop. */
  pump(): void {
    if (!this.#isBroken) {
      this.#moveInput();
      this.#moveOutput();
    }
    this.#regulate();
    this.#finishIfDone();
  }

  /** @returns in words, how the outputs of the replicas differ, if they may not */
  difference(): string | undefined {
    if (this.#isBroken || this.#sides.some(({ output }) => output.state !== 'ended')) return undefined;
    const [first, ...others] = this.#sides.map(({ output }) => output);
    const counts = this.#sides.map(({ replica, output }) => `${replica.name} ${output.produced}`).join(', ');
    if (others.some(({ produced }) => produced !== first?.produced)) return `the replicas differ in units: ${counts}`;
    if (others.every(({ digest }) => digest === first?.digest)) return undefined;
    return `the replicas put out as many units (${counts}), but differ in bytes, or in where messages stand`;
  }

  #moveInput(): void {
    const { disturbances, key, random } = this.#parts;
    if (random.chance(disturbances.delay)) return;
    for (let count = 0; count < segmentsPerTurnMax; count += 1) {
      const segment = this.#input.take();
      if (segment === undefined) break;
      for (const { outstanding } of this.#sides) outstanding.noteSent(segment);
      this.#parts.order({ kind: 'data', connection: key, segment });
    }
    if (!this.#input.isEmpty || !this.#input.hasEnded || this.#isEndOrdered) return;
    this.#isEndOrdered = true;
    this.#parts.order({ kind: 'end', connection: key });
  }

  #moveOutput(): void {
    const { channel, disturbances, random } = this.#parts;
    if (this.#isEndDelivered || random.chance(disturbances.delay)) return;
    for (let count = 0; count < segmentsPerTurnMax && this.#toClient.bytes < windowBytes; count += 1) {
      if (this.#delivered >= this.#cutAt) this.#cutOver();
      const segment = this.#takeOutput();
      if (segment === undefined) return this.#endOutputIfDue();
      this.#delivered += segment.length;
      for (const { output } of this.#sides) output.trim(this.#delivered);
      this.#toClient.noteSent(segment);
      channel.send(segment);
    }
  }

  #takeOutput(): Segment | undefined {
    const { disturbances, random } = this.#parts;
    const { output } = this.#active;
    let unitsMax = this.#cutAt - this.#delivered;
    if (random.chance(disturbances.split)) unitsMax = Math.min(unitsMax, random.integer(1, 64));
    return output.take(unitsMax, random.chance(disturbances.join));
  }

  #endOutputIfDue(): void {
    const { output } = this.#active;
    if (output.produced > this.#delivered) return;
    if (output.produced < this.#delivered && output.state === 'ended') {
      this.#parts.report(`${this.#active.replica.name} ended after ${output.produced} units: ${this.description}`);
      this.#break();
    } else if (output.state === 'ended') {
      this.#isEndDelivered = true;
      this.#parts.channel.end();
    } else if (output.state === 'reset') {
      this.#break();
    }
  }

  /** A service may reset a connection; whether it is in order to do so, the client at the other end knows. */
  #noteServiceReset(side: ReplicaSide, reason: Error): void {
    side.output.state = 'reset';
    const code: unknown = 'code' in reason ? reason.code : undefined;
    if (code !== 'ERR_LOCKSTEP_SERVICE_UNREACHABLE') return;
    this.#parts.report(`${side.replica.name}: the service was not reached: ${reason.message}`);
  }

  #cutOver(): void {
    const others = this.#sides.filter((side) => side !== this.#active);
    this.#active = this.#parts.random.pick(others);
    this.cutovers += 1;
    this.#chooseCut();
  }

  /** Small and large distances, so that both short replies and long streams are cut several times. */
  #chooseCut(): void {
    const { disturbances, random } = this.#parts;
    if (!disturbances.cutsOver || this.#sides.length < 2) return;
    this.#cutAt = this.#delivered + random.integer(1, random.pick([2, 50, 1000, 50_000]));
  }

  #regulate(): void {
    const { channel, key } = this.#parts;
    if (!this.#isClientClosed && !this.#isBroken) {
      this.#holdTurns = this.#nextHold(this.#holdTurns);
      const isFull = this.#sides.some(({ outstanding }) => outstanding.bytes > windowBytes);
      const mustPause = !this.#isOver && (isFull || this.#holdTurns > 0);
      if (mustPause !== this.#isPaused) {
        this.#isPaused = mustPause;
        if (mustPause) channel.pause();
        else channel.resume();
      }
    }
    if (this.#isOver) return;
    for (const side of this.#sides) {
      side.holdTurns = this.#nextHold(side.holdTurns);
      const mustPause = side.output.waitingBytes > windowBytes || side.holdTurns > 0;
      if (mustPause === side.isPaused) continue;
      side.isPaused = mustPause;
      if (mustPause) side.replica.pauseOutput(key);
      else side.replica.resumeOutput(key);
    }
  }

  #nextHold(turnsLeft: number): number {
    const { disturbances, random } = this.#parts;
    if (turnsLeft > 0) return turnsLeft - 1;
    return random.chance(disturbances.hold) ? random.integer(1, holdTurnsMax) : 0;
  }

  #break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#input.discard();
    if (!this.#isClientClosed) this.#parts.channel.reset();
    this.#isOver = true;
    this.#parts.order({ kind: 'reset', connection: this.#parts.key });
  }

  #finishIfDone(): void {
    if (this.#isOver || !this.#isEndOrdered || !this.#isEndDelivered) return;
    // The product lets go of it at once; the relay wants to see the whole output of every replica.
    if (this.#sides.some(({ output }) => output.state === 'open')) return;
    this.#isOver = true;
    this.#parts.order({ kind: 'release', connection: this.#parts.key });
  }
}
