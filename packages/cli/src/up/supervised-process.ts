import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { RestartDelay } from './restart-delay.js';

/** How a process ended. */
export interface Ending {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a supervised process tells. */
export interface SupervisedProcessHandler {
  onStarted(pid: number): void;
  /** It wrote a line, to its standard output or its standard error. */
  onLine(line: string): void;
  onMessage(message: unknown): void;
  /** It ended without having been told to. `restartInMs` is undefined when it stays down. */
  onEnded(ending: Ending, restartInMs: number | undefined): void;
}

/** Exit code 2: the configuration or the command line is wrong, and will be next time. */
const hopelessCode = 2;

/** How long the last lines of a process that has ended are waited for. */
const lastLinesMs = 500;

/**
 * A process of our own that is started again when it dies. It has a process group of its own, so that Ctrl-C on the
 * terminal reaches this process alone, which then ends the others in good order; and a channel to this process, whose
 * closing tells it to leave, so that it does not outlive this process even if that is killed.
 */
export class SupervisedProcess {
  readonly #command: string;
  readonly #arguments: readonly string[];
  readonly #restarts: boolean;
  readonly #handler: SupervisedProcessHandler;
  readonly #delay = new RestartDelay();
  #child: ChildProcess | undefined;
  /** Of the process that ended last. */
  #lastLines: Promise<void> | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(command: string, arguments_: readonly string[], restarts: boolean, handler: SupervisedProcessHandler) {
    this.#command = command;
    this.#arguments = arguments_;
    this.#restarts = restarts;
    this.#handler = handler;
  }

  /** The process id; undefined while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const startedAtMs = performance.now();
    const child = spawn(this.#command, this.#arguments, { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    const ended = (ending: Ending): void => {
      if (this.#child === child) this.#onEnded(ending, performance.now() - startedAtMs);
    };
    child.once('error', (error) => {
      this.#handler.onLine(`cannot be started: ${error.message}`);
      if (child.pid === undefined) ended({ code: null, signal: null });
    });
    // `exit`, not `close`: what the process started may hold its output open long after it died.
    child.once('exit', (code, signal) => {
      this.#lastLines = untilClosed(child);
      ended({ code, signal });
    });
    child.on('message', (message) => this.#handler.onMessage(message));
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      createInterface({ input: stream }).on('line', (line) => this.#handler.onLine(line));
    }
    if (child.pid !== undefined) this.#handler.onStarted(child.pid);
  }

  /**
   * Ends the process for good: SIGTERM, and SIGKILL if it takes longer than it may. Then its last lines have been passed on.
   *
   * @returns how it ended; undefined if it did not run
   */
  async stop(timeoutMs: number): Promise<Ending | undefined> {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    const ending = child && (await this.#end(child, timeoutMs));
    await this.#lastLines;
    return ending;
  }

  #end(child: ChildProcess, timeoutMs: number): Promise<Ending> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal });
      });
      child.kill('SIGTERM');
    });
  }

  /** Sends a signal now, without waiting for anything; the process is not started again. */
  signalForGood(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    this.#child?.kill(signal);
  }

  #onEnded(ending: Ending, ranForMs: number): void {
    this.#child = undefined;
    if (this.#stopping) return;
    const restarts = this.#restarts && ending.code !== hopelessCode;
    const restartInMs = restarts ? this.#delay.nextMs(ranForMs) : undefined;
    if (restartInMs !== undefined) this.#restartTimer = setTimeout(() => this.start(), restartInMs);
    this.#handler.onEnded(ending, restartInMs);
  }
}

/** Resolves when all that the process wrote was read, or when that takes too long, because what it started still holds its output. */
function untilClosed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, lastLinesMs);
    child.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
