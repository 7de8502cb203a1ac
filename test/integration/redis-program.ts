import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { until } from '../support/until.js';

/** `redis-cli` or `redis-benchmark`, at the port of a client interceptor. */
export class RedisProgram {
  readonly #name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  #output = '';
  #isClosed = false;

  constructor(name: 'redis-cli' | 'redis-benchmark', port: number, ...words: readonly string[]) {
    this.#name = [name, ...words].join(' ');
    this.#process = spawn(name, ['-p', String(port), ...words], { stdio: 'pipe' });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    this.#process.once('close', () => (this.#isClosed = true));
  }

  /** All that it has written. */
  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#isClosed;
  }

  /** Types lines, the last of them too. */
  type(...lines: readonly string[]): void {
    this.#process.stdin.write(`${lines.join('\n')}\n`);
  }

  async untilItSays(text: string): Promise<void> {
    await until(`${this.#name} says ${text}`, () => {
      if (this.#isClosed && !this.#output.includes(text)) throw new Error(`it has ended, after:\n${this.#output}`);
      return this.#output.includes(text);
    });
  }

  /** Ends its input and waits for its end. @returns its exit code */
  async finish(): Promise<number | null> {
    this.#process.stdin.end();
    await until(`${this.#name} has ended`, () => this.#isClosed);
    return this.#process.exitCode;
  }

  /** Ends it if it still runs. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
