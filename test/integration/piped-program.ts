import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { LiveGroup } from '../support/live-group/live-group.js';
import { repository } from '../support/repository.js';
import { until } from '../support/until.js';

const lockstep = join(repository, 'packages/cli/dist/main.js');

/** What a program did from its start to its end. Bytes are shown one character each. */
export interface ProgramRecord {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program with pipes for its standard streams: itself, or `lockstep` in its place. */
export class PipedProgram {
  readonly #name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #output = { stdout: '', stderr: '' };
  #isClosed = false;

  private constructor(program: string, words: readonly string[]) {
    this.#name = [program, ...words].join(' ');
    this.#process = spawn(program, words, { stdio: 'pipe' });
    for (const name of ['stdout', 'stderr'] as const) {
      this.#process[name].on('data', (bytes: Buffer) => (this.#output[name] += bytes.toString('latin1')));
    }
    // One that does not read its input may end before it has all of it.
    this.#process.stdin.on('error', () => undefined);
    this.#process.once('close', () => (this.#isClosed = true));
  }

  /** The program itself, with nothing in between. */
  static direct(program: string, ...words: readonly string[]): PipedProgram {
    return new PipedProgram(program, words);
  }

  /** `lockstep stdio` in the place of what an endpoint runs. */
  static stdio(group: LiveGroup, endpoint: string): PipedProgram {
    const { path } = group.configuration;
    return new PipedProgram(process.execPath, [lockstep, 'stdio', '-c', path, '--endpoint', endpoint]);
  }

  /** `lockstep exec` of a command line. */
  static exec(group: LiveGroup, ...words: readonly string[]): PipedProgram {
    return new PipedProgram(process.execPath, [lockstep, 'exec', '-c', group.configuration.path, '--', ...words]);
  }

  get stdout(): string {
    return this.#output.stdout;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  get hasEnded(): boolean {
    return this.#isClosed;
  }

  /** Bytes of its input that it has not taken yet. */
  get pendingBytes(): number {
    return this.#process.stdin.writableLength;
  }

  type(text: string | Uint8Array): void {
    this.#process.stdin.write(text);
  }

  async untilItSays(text: string): Promise<void> {
    await until(`${this.#name} says ${text}`, () => {
      if (this.#isClosed && !this.stdout.includes(text)) {
        throw new Error(`it has ended, after:\n${this.stdout}\n${this.stderr}`);
      }
      return this.stdout.includes(text);
    });
  }

  /** Ends its input and waits for its end. */
  async finish(): Promise<ProgramRecord> {
    this.#process.stdin.end();
    return this.ended();
  }

  /** Waits for its end, with its input still open. */
  async ended(): Promise<ProgramRecord> {
    await until(`${this.#name} has ended`, () => this.#isClosed);
    const { exitCode: code, signalCode: signal } = this.#process;
    return { stdout: this.stdout, stderr: this.stderr, code, signal };
  }

  /** Nobody reads what it says from here on. */
  closeOutput(): void {
    this.#process.stdout.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it if it still runs. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
