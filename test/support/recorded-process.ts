import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What is kept of the output of a process, for the message about a failed test. */
const linesMax = 150;

/** How a process ended. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * One of our programs under a name, run as a process of its own, and again after it ended. The channel to it closes when
 * this process ends, however that happens, and tells it to end too.
 */
export class RecordedProcess {
  readonly name: string;
  readonly #arguments: readonly string[];
  readonly #lines: string[] = [];
  #child: ChildProcess | undefined;
  #ended: Promise<ProcessEnd> | undefined;

  /** @param arguments_ the JavaScript file to run, and what it is given */
  constructor(name: string, arguments_: readonly string[]) {
    this.name = name;
    this.#arguments = arguments_;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when its last process has ended. @throws Error if it was never started */
  get ended(): Promise<ProcessEnd> {
    if (this.#ended === undefined) throw new Error(`${this.name} was never started`);
    return this.#ended;
  }

  /** The last lines that it wrote, over all its runs, under its name. */
  get log(): string {
    return this.#lines.map((line) => `${this.name} | ${line}`).join('\n');
  }

  start(): void {
    if (this.#child !== undefined) throw new Error(`${this.name} runs already`);
    const child = spawn(process.execPath, this.#arguments, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    this.#record(`[test] started as process ${child.pid}`);
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      createInterface({ input: stream }).on('line', (line) => this.#record(line));
    }
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        this.#child = undefined;
        this.#record(`[test] ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`);
        resolve({ code, signal });
      });
    });
  }

  /** @throws Error if it does not run: the test has lost count of its processes */
  signal(signal: NodeJS.Signals): void {
    if (this.#child === undefined) throw new Error(`${this.name} does not run, so it cannot be sent ${signal}`);
    this.#record(`[test] sent ${signal}`);
    this.#child.kill(signal);
  }

  /** Ends it as a power failure would. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Ends it in good order, or after a while by force; does nothing if it does not run. */
  async stop(limitMs: number): Promise<void> {
    if (this.#child === undefined) return;
    this.signal('SIGTERM');
    // One that was stopped by a test must be awake to hear it.
    this.#child.kill('SIGCONT');
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), limitMs);
    await this.ended;
    clearTimeout(timer);
  }

  #record(line: string): void {
    this.#lines.push(`${new Date().toISOString().slice(11, 23)} ${line}`);
    if (this.#lines.length > linesMax) this.#lines.shift();
  }
}
