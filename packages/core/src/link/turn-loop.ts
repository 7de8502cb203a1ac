import type { Milliseconds } from '@lockstep/contracts';

/** A pure engine, as its driver sees it. */
export interface TurnEngine {
  /** Ends the turn: sends what it has gathered. */
  flush(): void;
  /** The deadline has come. */
  tick(): void;
  nextDeadline(): Milliseconds | undefined;
}

/** A timer that is later than this was held up by more than a busy turn. */
const readFirstAfterMs = 20;

/**
 * Gives a pure engine its sense of time: one flush at the end of each turn of the event loop in which something
 * happened, and one timer for its next deadline.
 */
export class TurnLoop {
  readonly #engine: TurnEngine;
  readonly #now: () => Milliseconds;
  #flush: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerDueAt = Infinity;
  #stopped = false;

  /** @param now a monotonic clock */
  constructor(engine: TurnEngine, now: () => Milliseconds) {
    this.#engine = engine;
    this.#now = now;
  }

  /** Something happened: the turn will end with a flush. */
  touch(): void {
    if (this.#flush === undefined && !this.#stopped) this.#flush = setImmediate(this.#endTurn);
  }

  /** Something happened that leaves nothing to flush: only the next deadline may have come nearer. */
  arm(): void {
    const deadline = this.#engine.nextDeadline();
    // Deadlines mostly move away, with every message. A timer that is due too early costs one idle tick, so it is only ever
    // moved forward.
    if (this.#stopped || deadline === undefined || deadline >= this.#timerDueAt) return;
    clearTimeout(this.#timer);
    this.#timerDueAt = deadline;
    this.#timer = setTimeout(this.#onTimer, Math.max(0, Math.ceil(deadline - this.#now())));
  }

  /** Nothing is called any more. */
  stop(): void {
    this.#stopped = true;
    clearImmediate(this.#flush);
    clearTimeout(this.#timer);
  }

  readonly #endTurn = (): void => {
    this.#flush = undefined;
    this.#engine.flush();
    this.arm();
  };

  readonly #onTimer = (): void => {
    const lateMs = this.#now() - this.#timerDueAt;
    this.#timerDueAt = Infinity;
    // After a standstill the sockets have news, which must be read before anything is concluded from their silence.
    if (lateMs > readFirstAfterMs) setImmediate(this.#tick);
    else this.#tick();
  };

  readonly #tick = (): void => {
    if (this.#stopped) return;
    this.#engine.tick();
    this.touch();
  };
}
