import { fileURLToPath } from 'node:url';
import { Program } from './program.mjs';

const CLIENT = fileURLToPath(new URL('../client/main.mjs', import.meta.url));

/** The client as a process of its own, which reports in JSON lines. */
export class Client {
  /** @type {import('../client/submitter.mjs').Progress | null} */
  progress = null;
  /** Requests per second, over about the last second. */
  rate = 0;
  #program;
  #connections;
  /** @type {import('../client/submit-connection.mjs').ConnectionHistory[]} */
  #histories = [];
  /** What was sent when, over about the last second. */
  #recent = [];

  /**
   * @param {object} options
   * @param {number} options.port
   * @param {number} options.rate
   * @param {number} options.connections
   * @param {string} options.logFolder
   * @param {(program: Program, how: string) => void} options.onUnexpectedExit
   */
  constructor({ port, rate, connections, logFolder, onUnexpectedExit }) {
    this.#connections = connections;
    this.#program = new Program({
      name: 'client',
      args: [CLIENT, '--port', `${port}`, '--rate', `${rate}`, '--connections', `${connections}`],
      logFolder,
      onLine: (line) => this.#hear(JSON.parse(line)),
      onUnexpectedExit,
    });
  }

  start() {
    this.#program.start();
  }

  /**
   * Lets it wait for its last replies and end.
   *
   * @returns {Promise<import('../client/submit-connection.mjs').ConnectionHistory[]>} what each connection saw
   */
  async finish() {
    this.#program.signal('SIGTERM');
    await this.#program.ended;
    this.rate = 0;
    if (this.#histories.length < this.#connections) throw new Error('the client ended without its history');
    return this.#histories;
  }

  /** Ends it at once, with nothing to tell. */
  killNow() {
    this.#program.signal('SIGKILL');
  }

  #hear({ event, history, ...progress }) {
    if (event === 'connection') {
      this.#histories.push(history);
      return;
    }
    this.progress = progress;
    this.#recent.push({ atMs: performance.now(), sent: progress.sent });
    if (this.#recent.length > 5) this.#recent.shift();
    const [first, last] = [this.#recent[0], this.#recent.at(-1)];
    const seconds = (last.atMs - first.atMs) / 1000;
    this.rate = seconds > 0 ? (last.sent - first.sent) / seconds : 0;
  }
}
