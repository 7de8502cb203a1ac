import type { Milliseconds } from '@lockstep/contracts';
import { performance } from 'node:perf_hooks';
import { atCallbackEnd, behindCallbackEnd } from '@lockstep/sockets';

/** A pure engine, as its driver sees it. */
export interface TurnEngine {
  /** Ends the turn: sends what it has gathered. */
  flush(): void;
  /** The deadline has come. */
  tick(): void;
  nextDeadline(): Milliseconds | undefined;
}

/** After so many turns in a row that were quiet, the next one is taken for another. */
const quietTurnsMin = 4;

/** Turns that follow each other within less than this are one that was cut. */
const cutWithinMs = 0.03;

/**
 * So many bytes in large pieces are not kept until the turn ends: beside the work that they make, one more call to the kernel is
 * little. Many small pieces make more work than their bytes, the less of it the more of them go together.
 */
const manyBytes = 12 * 1024;
const largePieceBytes = 8 * 1024;

/** A timer that is later than this was held up by more than a busy turn. */
const readFirstAfterMs = 20;

/**
 * Gives a pure engine its sense of time: one flush at the end of each turn of the event loop in which something
 * happened, and one timer for its next deadline.
 *
 * Where turns are quiet, one thing happening in each, as where one client waits for each reply, they end with the callback in
 * which it happened, which spares the event loop a phase. That they are busy again shows by how soon one follows the other.
 * A turn ends with the callback, too, that brings many bytes in large pieces to be sent on: they travel on while the next ones
 * are being read.
 */
export class TurnLoop {
  readonly #engine: TurnEngine;
  readonly #now: () => Milliseconds;
  readonly #exactNow: () => Milliseconds;
  #flush: NodeJS.Immediate | undefined;
  /** What happened in this turn, for which there will be a flush. */
  #touches = 0;
  /** Bytes that came in large pieces. */
  #largeBytes = 0;
  #endsWithCallback = false;
  #quietTurns = 0;
  #endedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #timerDueAt = Infinity;
  #isArming = false;
  #stopped = false;

  /**
   * @param now the monotonic clock, which may stand still within a callback
   * @param exactNow the same clock, which does not
   */
  constructor(engine: TurnEngine, now: () => Milliseconds, exactNow = (): Milliseconds => performance.now()) {
    this.#engine = engine;
    this.#now = now;
    this.#exactNow = exactNow;
  }

  /**
   * Something happened: the turn will end with a flush.
   *
   * @param byteLength of what came with it and waits to be sent on
   */
  touch(byteLength = 0): void {
    if (this.#stopped) return;
    if (byteLength >= largePieceBytes) this.#largeBytes += byteLength;
    const isFirst = this.#touches++ === 0;
    if (this.#endsWithCallback) return;
    if (isFirst && this.#now() - this.#endedAt < cutWithinMs) this.#quietTurns = 0;
    if (this.#quietTurns >= quietTurnsMin || this.#largeBytes >= manyBytes) {
      this.#endsWithCallback = true;
      clearImmediate(this.#flush);
      atCallbackEnd(this.#endTurn);
    } else if (isFirst) this.#flush = setImmediate(this.#endTurn);
  }

  /**
   * Something happened that leaves nothing to flush: only the next deadline may have come nearer. That is looked at when all else
   * that the callback brings about is done.
   */
  arm(): void {
    if (this.#isArming) return;
    this.#isArming = true;
    behindCallbackEnd(this.#arm);
  }

  readonly #arm = (): void => {
    this.#isArming = false;
    if (this.#stopped) return;
    const deadline = this.#engine.nextDeadline();
    // Deadlines mostly move away, with every message. A timer that is due too early costs little, so it is only ever
    // moved forward.
    if (deadline === undefined || deadline >= this.#timerDueAt) return;
    clearTimeout(this.#timer);
    this.#timerDueAt = deadline;
    this.#timer = setTimeout(this.#onTimer, Math.max(0, Math.ceil(deadline - this.#now())));
  };

  /** Nothing is called any more. */
  stop(): void {
    this.#stopped = true;
    clearImmediate(this.#flush);
    clearTimeout(this.#timer);
  }

  readonly #endTurn = (): void => {
    if (this.#stopped) return;
    this.#quietTurns = this.#touches === 1 ? this.#quietTurns + 1 : 0;
    this.#touches = 0;
    this.#largeBytes = 0;
    this.#endsWithCallback = false;
    this.#engine.flush();
    this.#endedAt = this.#exactNow();
    this.arm();
  };

  readonly #onTimer = (): void => {
    const now = this.#now();
    const lateMs = now - this.#timerDueAt;
    this.#timerDueAt = Infinity;
    // The deadline has moved away meanwhile.
    if ((this.#engine.nextDeadline() ?? Infinity) > now) return this.arm();
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
