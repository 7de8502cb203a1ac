import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host } from '../network/host.js';

/** How long a program may take to end after SIGTERM, before SIGKILL. */
const stopMs = 5000;
/** How much of its log is shown of a program that failed. */
const logTailBytes = 2000;

/** The command for a program of Node, with the options of Node that this process was started with: a profile shows all. */
export function nodeCommand(program: URL | string, ...args: readonly string[]): string[] {
  return [process.execPath, ...process.execArgv, program instanceof URL ? fileURLToPath(program) : program, ...args];
}

const running = new Set<Program>();
process.on('exit', () => {
  for (const program of running) program.kill();
});

/** A server that is started for a benchmark. It does not outlive this process, unless that is killed. */
export class Program {
  readonly #child: ChildProcess;
  readonly #logPath: string;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;

  /**
   * @param host where it runs
   * @param command the program, by its path or name, and its arguments
   * @param logPath gets what it prints
   */
  constructor(host: Host, command: readonly string[], logPath: string) {
    const log = openSync(logPath, 'a');
    const [program, ...args] = [...host.command, ...command] as [string, ...string[]];
    this.#child = spawn(program, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#logPath = logPath;
    running.add(this);
    this.ended = new Promise((resolve) => {
      this.#child.once('error', () => resolve());
      this.#child.once('exit', () => resolve());
    });
    void this.ended.then(() => running.delete(this));
  }

  /** @throws Error if the program could not be started */
  get pid(): number {
    this.expectAlive();
    return this.#child.pid!;
  }

  /** @throws Error if it has ended, with the end of its log */
  expectAlive(): void {
    if (running.has(this)) return;
    throw new Error(`${this.#child.spawnfile} has ended by itself:\n${this.logTail()}`);
  }

  /** The last that it printed. */
  logTail(): string {
    return readFileSync(this.#logPath, 'utf8').slice(-logTailBytes);
  }

  /** Ends it in good order if it can. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), stopMs);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
