import type { Milliseconds } from '@lockstep/contracts';
import type { Appointment } from '../base/scheduler.js';
import type { Endpoint } from '../network/link.js';
import type { World } from '../worlds/world.js';

/** Thrown where a process is killed in the midst of its effects; nothing that follows in its turn happens. */
export class KilledHere extends Error {}

/** How long a turn of an event loop takes when nothing slows it down. */
const turnMs = { low: 0.005, high: 0.08 };

/**
 * A process with one event loop: it takes what has arrived in turns, one at a time, each of which takes a while. It can be
 * paused (nothing runs, sockets go on buffering), slowed down, and killed, also between two effects of one turn.
 */
export abstract class SimulatedProcess implements Endpoint {
  abstract readonly id: string;
  readonly host: string;
  protected readonly world: World;
  #state: 'running' | 'paused' | 'dead' = 'running';
  #slowMs: Milliseconds = 0;
  #turn: Appointment | undefined;
  #timer: Appointment | undefined;
  #freeAt: Milliseconds = 0;
  #killAfterEffects: number | undefined;
  readonly #posted: (() => void)[] = [];

  constructor(host: string, world: World) {
    this.host = host;
    this.world = world;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  /** How much longer every turn takes than it should. */
  get slowMs(): Milliseconds {
    return this.#slowMs;
  }

  set slowMs(slowMs: Milliseconds) {
    this.#slowMs = slowMs;
  }

  /** There is something to do in the next turn. */
  wake(): void {
    if (this.#state !== 'running' || this.#turn !== undefined) return;
    this.#turn = this.world.scheduler.at(this.#freeAt, () => this.#run());
  }

  /** Does this in the next turn, before anything is read. */
  post(task: () => void): void {
    this.#posted.push(task);
    this.wake();
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.wake();
  }

  /** Ends it at once: what it knew is gone. */
  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    if (this.#turn !== undefined) this.#turn.cancelled = true;
    if (this.#timer !== undefined) this.#timer.cancelled = true;
    this.died();
  }

  /** Ends it in the midst of a turn to come, before the effect with this index is carried out. */
  killAfterEffects(count: number): void {
    this.#killAfterEffects = count;
    this.wake();
  }

  /** Reads what has arrived, in any order of the sources, and flushes. */
  protected abstract takeTurn(): void;

  protected abstract nextDeadline(): Milliseconds | undefined;

  /** Called once, when it is dead. */
  protected abstract died(): void;

  /** Called before each effect. @throws KilledHere when this is where the process was to be killed */
  beforeEffect(): void {
    if (this.#killAfterEffects === undefined) return;
    if (this.#killAfterEffects-- > 0) return;
    this.#killAfterEffects = undefined;
    throw new KilledHere();
  }

  #run(): void {
    this.#turn = undefined;
    if (this.#state !== 'running') return;
    try {
      for (let task = this.#posted.shift(); task !== undefined; task = this.#posted.shift()) task();
      if (this.isAlive) this.takeTurn();
    } catch (error) {
      if (!(error instanceof KilledHere)) throw error;
      this.world.killedInTurn(this);
    }
    if (!this.isAlive) return;
    const { random, scheduler } = this.world;
    this.#freeAt = scheduler.now + random.delayMs(turnMs.low, turnMs.high) + this.#slowMs;
    this.#arm();
  }

  #arm(): void {
    if (this.#timer !== undefined) this.#timer.cancelled = true;
    this.#timer = undefined;
    const deadline = this.nextDeadline();
    if (deadline === undefined) return;
    this.#timer = this.world.scheduler.at(deadline, () => this.wake());
  }
}
