import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { until } from '../support/until.js';

/** All that somebody sees who sits in front of it. */
export interface SessionRecord {
  readonly output: string;
  readonly code: number | null;
}

/** A session of a real `nc`, typed into from here. */
export class TypedSession {
  readonly #ended: Promise<SessionRecord>;
  readonly #process: ChildProcessWithoutNullStreams;
  #output = '';

  /** @param options of `nc` */
  constructor(port: number, ...options: readonly string[]) {
    const netcat = spawn('nc', [...options, '127.0.0.1', String(port)], { stdio: 'pipe' });
    this.#process = netcat;
    for (const stream of [netcat.stdout, netcat.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    this.#ended = new Promise((resolve, reject) => {
      netcat.once('error', reject);
      netcat.once('close', (code) => resolve({ output: this.#output, code }));
    });
  }

  /** Types what does not end a line yet. */
  type(text: string): void {
    this.#process.stdin.write(text);
  }

  /** Types the rest of a line, and waits for the lines of the answer. */
  async ask(text: string, replies: number): Promise<void> {
    const expected = countLines(this.#output) + replies;
    this.type(`${text}\n`);
    await until(`"${text}" is answered`, () => {
      if (this.#process.exitCode !== null) throw new Error(`nc has ended, after:\n${this.#output}`);
      return countLines(this.#output) >= expected;
    });
  }

  /** Ends the input, and waits for `nc` to end by itself, which it does when the other side has closed as well. */
  async finish(): Promise<SessionRecord> {
    this.#process.stdin.end();
    await until('nc has ended', () => this.#process.exitCode !== null);
    return this.#ended;
  }

  /** Ends `nc` if it still runs. */
  end(): void {
    this.#process.kill('SIGKILL');
  }
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
