import { performance } from 'node:perf_hooks';

const settled = Promise.resolve();

/** The callback of the event loop that runs. There is one event loop, so there is one of these. */
class PresentCallback {
  /** What is to be done at its end, up to `#dueCount`; the slots are used again. */
  readonly #due: ((() => void) | undefined)[] = [];
  #dueCount = 0;
  /** Whoever runs the callback sees to its end. */
  #isAttended = false;
  #time = 0;
  #timeIsKnown = false;

  atEnd(action: () => void): void {
    this.#due[this.#dueCount++] = action;
    if (this.#dueCount === 1 && !this.#isAttended) void settled.then(this.#end);
  }

  run<Argument>(callback: (argument: Argument) => void, argument: Argument): void {
    // Within another one, or with an end of it under way, there is one that it belongs to.
    if (this.#isAttended || this.#dueCount > 0) return callback(argument);
    this.#isAttended = true;
    try {
      callback(argument);
    } finally {
      try {
        this.#end();
      } finally {
        this.#isAttended = false;
        if (this.#dueCount > 0) void settled.then(this.#end);
      }
    }
  }

  time(): number {
    if (!this.#timeIsKnown) {
      this.#time = performance.now();
      this.#timeIsKnown = true;
      this.atEnd(this.#forgetTime);
    }
    return this.#time;
  }

  readonly #end = (): void => {
    let index = 0;
    try {
      while (index < this.#dueCount) {
        const action = this.#due[index]!;
        this.#due[index++] = undefined;
        action();
      }
    } finally {
      this.#goOnBehind(index);
    }
  };

  /** An action that failed is for whoever watches the process to hear of; the others are not lost for it. */
  #goOnBehind(doneCount: number): void {
    if (doneCount < this.#dueCount) this.#due.copyWithin(0, doneCount, this.#dueCount);
    this.#dueCount -= doneCount;
    if (this.#dueCount > 0 && !this.#isAttended) void settled.then(this.#end);
  }

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
 * Calls what is the whole of a callback of the event loop, and does then what was asked for at its end, which spares it the
 * microtask.
 */
export function runAsCallback<Argument>(callback: (argument: Argument) => void, argument: Argument): void {
  presentCallback.run(callback, argument);
}

/**
 * The time in milliseconds on the monotonic clock, which stands still as long as a callback of the event loop runs, and again while
 * what was put off until its end is done: a request is looked at by many who want to know it, and to read the clock takes longer
 * than what they do with it.
 */
export function callbackTime(): number {
  return presentCallback.time();
}
