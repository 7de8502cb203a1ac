import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** How long a program may take to end after SIGTERM, before SIGKILL. */
const stopMs = 5000;
/** How much of its log is shown of a program that ended by itself. */
const logTailBytes = 2000;

const running = new Set<Program>();
process.on('exit', () => {
  for (const program of running) program.kill();
});

/** A server that is started for a benchmark. It does not outlive this process, unless that is killed. */
export class Program {
  readonly #child: ChildProcess;
  readonly #logPath: string;
  readonly #ended: Promise<void>;

  /** @param logPath gets what the program prints */
  constructor(command: string, args: readonly string[], logPath: string) {
    const log = openSync(logPath, 'a');
    this.#child = spawn(command, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#logPath = logPath;
    running.add(this);
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', () => resolve());
      this.#child.once('exit', () => resolve());
    });
    void this.#ended.then(() => running.delete(this));
  }

  /** A program of our own, or one written for Node, with the options that this process was started with. */
  static node(path: string, args: readonly string[], logPath: string): Program {
    return new Program(process.execPath, [...process.execArgv, path, ...args], logPath);
  }

  /** @throws Error if the program could not be started */
  get pid(): number {
    this.expectAlive();
    return this.#child.pid!;
  }

  /** @throws Error if it has ended, with the end of its log */
  expectAlive(): void {
    if (running.has(this)) return;
    const tail = readFileSync(this.#logPath, 'utf8').slice(-logTailBytes);
    throw new Error(`${this.#child.spawnfile} has ended by itself:\n${tail}`);
  }

  /** Ends it in good order if it can. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), stopMs);
    await this.#ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
