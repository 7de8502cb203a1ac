import { type ChildProcess, spawn } from 'node:child_process';
import { until } from './until.js';

/** A client that somebody else has written, run by a test: it says nothing on its input, and all its output is kept. */
export class ClientProgram {
  readonly #words: readonly string[];
  readonly #process: ChildProcess;
  #output = '';
  #errors = '';
  #isClosed = false;

  constructor(...words: readonly [string, ...string[]]) {
    this.#words = words;
    this.#process = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    this.#process.once('close', () => (this.#isClosed = true));
  }

  /** Runs it to its end. @returns what it has written to its standard output @throws Error if it fails */
  static async run(...words: readonly [string, ...string[]]): Promise<string> {
    return new ClientProgram(...words).finish();
  }

  /** What it has written to its standard output so far. */
  get output(): string {
    return this.#output;
  }

  /** Waits until its output is as wanted. @throws Error if it ends before */
  async untilItSays(what: string, test: (output: string) => boolean): Promise<void> {
    await until(`${this.#words[0]} says ${what}`, () => {
      if (test(this.#output)) return true;
      if (this.#isClosed) throw new Error(`it has ended, after:\n${this.#output}\n${this.#errors}`);
      return false;
    });
  }

  /** Waits for its end. @returns all that it has written to its standard output @throws Error if it fails */
  async finish(): Promise<string> {
    await until(`${this.#words[0]} has ended`, () => this.#isClosed);
    const { exitCode } = this.#process;
    if (exitCode === 0) return this.#output;
    throw new Error(`${this.#words.join(' ')} has failed with ${exitCode}:\n${this.#output}\n${this.#errors}`);
  }

  /** Ends it if it still runs. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
