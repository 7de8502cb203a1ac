import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How long a program may take to end after SIGTERM, before SIGKILL. */
const STOP_MS = 5_000;

/** How many lines of its log are shown when a program ends that should not. */
const LOG_TAIL_LINES = 12;

/** A Node program under a name, run as a process of its own, one at a time; started again after it was killed. */
export class Program {
  name;
  /** When it was last killed or ended, in milliseconds of performance.now(); null while it runs. */
  endedMs = null;
  #args;
  #logPath;
  #onLine;
  #onUnexpectedExit;
  #child = null;
  #exit = Promise.resolve();
  #expected = false;

  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string[]} options.args                          the file to run, and its arguments
   * @param {string} options.logFolder                       where <name>.log gets what the program prints
   * @param {(line: string) => void} [options.onLine]        gets the lines of its standard output instead of the log
   * @param {(program: Program, how: string) => void} options.onUnexpectedExit
   *   when it ends and nobody here has asked for it; `how` follows its name: `ended with code 1`
   */
  constructor({ name, args, logFolder, onLine, onUnexpectedExit }) {
    this.name = name;
    this.#args = args;
    this.#logPath = join(logFolder, `${name}.log`);
    this.#onLine = onLine;
    this.#onUnexpectedExit = onUnexpectedExit;
  }

  /** @returns {number | null} null while it does not run */
  get pid() {
    return this.#child?.pid ?? null;
  }

  get logTail() {
    return readFileSync(this.#logPath, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
  }

  start() {
    if (this.#child) throw new Error(`${this.name} runs already`);
    const log = openSync(this.#logPath, 'a');
    const stdout = this.#onLine ? 'pipe' : log;
    // In a process group of its own, so that Ctrl-C reaches the demo alone, and the demo ends it in good order.
    const child = spawn(process.execPath, this.#args, { stdio: ['ignore', stdout, log], detached: true });
    closeSync(log);
    this.#child = child;
    this.#expected = false;
    this.endedMs = null;
    if (this.#onLine) createInterface({ input: child.stdout }).on('line', this.#onLine);
    this.#exit = new Promise((resolve) => {
      // 'close' comes after the last line of its output; it also follows an 'error' when it could not be started.
      child.on('error', () => {});
      child.on('close', (code, signal) => {
        this.#child = null;
        this.endedMs = performance.now();
        if (!this.#expected)
          this.#onUnexpectedExit(this, signal ? `was killed by ${signal}` : `ended with code ${code}`);
        resolve();
      });
    });
  }

  /** Sends a signal after which it may end. */
  signal(name) {
    this.#expected = true;
    this.#child?.kill(name);
  }

  /** As a power failure would. */
  async kill() {
    this.signal('SIGKILL');
    await this.#exit;
  }

  /** @returns {Promise<boolean>} whether it ended by itself within STOP_MS of SIGTERM; if not, it was killed */
  async stop() {
    this.signal('SIGTERM');
    let inTime = true;
    const late = setTimeout(() => {
      inTime = false;
      this.signal('SIGKILL');
    }, STOP_MS);
    await this.#exit;
    clearTimeout(late);
    return inTime;
  }

  /** Resolves when it has ended and all its output has been read. */
  get ended() {
    return this.#exit;
  }
}
