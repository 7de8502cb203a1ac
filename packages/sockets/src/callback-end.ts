import { performance } from 'node:perf_hooks';

const settled = Promise.resolve();

/** The callback of the event loop that runs. There is one event loop, so there is one of these. */
class PresentCallback {
  /** What is to be done at its end, up to `#dueCount`; the slots are used again. */
  readonly #due: ((() => void) | undefined)[] = [];
  #dueCount = 0;
  /** What is to be done behind all that. */
  readonly #dueLast: (() => void)[] = [];
  /** Whoever runs the callback sees to its end. */
  #isAttended = false;
  #time = 0;
  #timeIsKnown = false;

  atEnd(action: () => void): void {
    this.#due[this.#dueCount++] = action;
    if (this.#dueCount === 1 && !this.#isAttended) void settled.then(this.#end);
  }

  behindEnd(action: () => void): void {
    this.#dueLast.push(action);
    // Whatever is due will see to it.
    if (this.#dueLast.length === 1 && this.#dueCount === 0 && !this.#isAttended) void settled.then(this.#end);
  }

  run<Argument>(callback: (argument: Argument) => void, argument: Argument): void {
    // Within another one, or with an end of it under way, there is one that it belongs to.
    if (this.#isAttended || this.#hasDue()) return callback(argument);
    this.#isAttended = true;
    try {
      callback(argument);
    } finally {
      try {
        this.#end();
      } finally {
        this.#isAttended = false;
        if (this.#hasDue()) void settled.then(this.#end);
      }
    }
  }

  time(): number {
    if (!this.#timeIsKnown) {
      this.#time = performance.now();
      this.#timeIsKnown = true;
      this.behindEnd(this.#forgetTime);
    }
    return this.#time;
  }

  readonly #end = (): void => {
    let index = 0;
    try {
      for (;;) {
        while (index < this.#dueCount) {
          const action = this.#due[index]!;
          this.#due[index++] = undefined;
          action();
        }
        if (this.#dueLast.length === 0) break;
        this.#dueLast.forEach(this.#makeDue);
        this.#dueLast.length = 0;
      }
    } finally {
      this.#goOnBehind(index);
    }
  };

  /** An action that failed is for whoever watches the process to hear of; the others are not lost for it. */
  #goOnBehind(doneCount: number): void {
    if (doneCount < this.#dueCount) this.#due.copyWithin(0, doneCount, this.#dueCount);
    this.#dueCount -= doneCount;
    if (this.#hasDue() && !this.#isAttended) void settled.then(this.#end);
  }

  #hasDue(): boolean {
    return this.#dueCount > 0 || this.#dueLast.length > 0;
  }

  readonly #makeDue = (action: () => void): void => {
    this.#due[this.#dueCount++] = action;
  };

  readonly #forgetTime = (): void => {
    this.#timeIsKnown = false;
  };
}

const presentCallback = new PresentCallback();

/**
 * Does something when the present callback of the event loop returns, before any other one begins: so what the callback brings
 * about one by one can go to the kernel together. In the order of the calls; what an action asks for itself comes behind them.
 * All of them share one job of the microtask queue, which costs a third of `process.nextTick`.
 */
export function atCallbackEnd(action: () => void): void {
  presentCallback.atEnd(action);
}

/**
 * Does something when all that is to be done at the end of the present callback is done: what nobody waits for, so that it does
 * not come before what somebody does wait for.
 */
export function behindCallbackEnd(action: () => void): void {
  presentCallback.behindEnd(action);
}

/**
 * Calls what is the whole of a callback of the event loop, and does then what was asked for at its end, which spares it the
 * microtask.
 */
export function runAsCallback<Argument>(callback: (argument: Argument) => void, argument: Argument): void {
  presentCallback.run(callback, argument);
}

/**
 * The time in milliseconds on the monotonic clock, which stands still as long as a callback of the event loop runs and what was put
 * off until its end is done: a request is looked at by many who want to know it, and to read the clock takes longer than what
 * they do with it.
 */
export function callbackTime(): number {
  return presentCallback.time();
}
