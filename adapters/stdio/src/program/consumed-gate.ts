import type { Activity } from './activity.js';

/** The first pause between two looks, in milliseconds; each is twice as long as the one before, */
const pauseMsMin = 1;
/** up to this. */
const pauseMsMax = 16;

/** What a gate asks and tells the program that it belongs to. */
export interface GateOwner {
  /** What the program is doing now. */
  look(): Activity;
  /** The program has finished the turn. Never called from inside a call into the gate. */
  onIdle(): void;
}

/**
 * The gate `consumed`: decides when a program has finished what it was given.
 *
 * It has when it waits for more: everything is in its pipe, and it is blocked in reading that pipe. That is a proof, and
 * costs no waiting. A program that waits in another way (for several things at once, with `poll`) has finished when it has
 * been asleep and quiet for a while. Nobody looks before somebody has asked.
 */
export class ConsumedGate {
  readonly #quietMs: number;
  readonly #owner: GateOwner;
  #busy = false;
  #isAsked = false;
  #taken = false;
  /** When the program was last seen at work, was given something or said something, on the monotonic clock. */
  #quietSince = 0;
  #pauseMs = pauseMsMin;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /** @param quietMs how long a program that waits for something other than its input must stay quiet, in milliseconds */
  constructor(quietMs: number, owner: GateOwner) {
    this.#quietMs = quietMs;
    this.#owner = owner;
  }

  /** Whether the program may still be at work. Who is told that it is will be told when it is not. */
  get busy(): boolean {
    if (this.#busy && !this.#isAsked) {
      this.#isAsked = true;
      this.#lookSoon();
    }
    return this.#busy;
  }

  /** The program is given something: input, or the end of it, or its start. */
  sent(): void {
    this.#busy = true;
    this.#taken = false;
    this.#stopWaiting();
  }

  /** Everything given is in the program's pipe. */
  taken(): void {
    if (!this.#busy || this.#taken) return;
    this.#taken = true;
    this.#quietSince = performance.now();
    this.#pauseMs = pauseMsMin;
    if (this.#isAsked) this.#lookSoon();
  }

  /** The program has put out something. */
  answered(): void {
    if (!this.#busy) return;
    this.#quietSince = performance.now();
    if (this.#isAsked) this.#lookSoon();
  }

  /** The program has ended. */
  ended(): void {
    if (!this.#busy) return;
    if (!this.#isAsked) return this.close();
    this.#stopWaiting();
    this.#immediate = setImmediate(this.#settle);
  }

  /** Nothing is told any more. */
  close(): void {
    this.#busy = false;
    this.#isAsked = false;
    this.#stopWaiting();
  }

  /** After the event loop has turned, so that what the program has just put out is read first. */
  #lookSoon(): void {
    if (this.#taken) this.#immediate ??= setImmediate(this.#look);
  }

  readonly #look = (): void => {
    this.#stopWaiting();
    const now = performance.now();
    const activity = this.#lookTwice();
    if (activity === 'working' || activity === 'ending') this.#quietSince = now;
    const isFinished =
      activity === 'reading' ||
      (activity !== 'working' && activity !== 'ending' && now - this.#quietSince >= this.#quietMs);
    if (isFinished) return this.#settle();
    this.#timer = setTimeout(this.#onTimer, this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, pauseMsMax);
  };

  /** A program that is about to be woken by what was just written looks, for an instant, as if it was not. */
  #lookTwice(): Activity {
    const first = this.#owner.look();
    return first === 'reading' ? this.#owner.look() : first;
  }

  /** A process that stood still has its timers due before it has read its pipes. */
  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.#lookSoon();
  };

  readonly #settle = (): void => {
    this.close();
    this.#owner.onIdle();
  };

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#immediate === undefined) return;
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }
}
