import { connect } from 'node:net';

/** How long the other side may take to close a connection after this one has ended it. */
const CLOSE_MS = 5_000;

/**
 * @typedef {object} ConnectionHistory everything that one connection saw, in order; times in milliseconds of one clock
 * @property {number} number
 * @property {{ name: string, sentMs: number }[]} requests
 * @property {{ line: string, atMs: number }[]} replies
 * @property {string | null} failure  what broke the connection, if it did not end as its user wanted
 */

/** One plain TCP connection to the service, which remembers every request and every reply. */
export class SubmitConnection {
  /** @type {ConnectionHistory} */
  history;
  #socket;
  #now;
  #rest = '';
  #ending = false;
  #closed;
  #longestStallMs = 0;

  /**
   * @param {number} number which of the client's connections this is
   * @param {number} port of the service on the loopback
   * @param {() => number} now in milliseconds
   */
  constructor(number, port, now) {
    this.history = { number, requests: [], replies: [], failure: null };
    this.#now = now;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text) => this.#receive(text));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#closed = new Promise((resolve) => this.#socket.on('close', resolve));
  }

  get open() {
    return this.history.failure === null && !this.#ending;
  }

  /** How many requests have no reply yet. */
  get waiting() {
    return this.history.requests.length - this.history.replies.length;
  }

  /** The longest that a request has waited for its reply, the one that still waits included. */
  get longestStallMs() {
    const oldest = this.history.requests[this.history.replies.length];
    return Math.max(this.#longestStallMs, oldest ? this.#now() - oldest.sentMs : 0);
  }

  submit(name, priority) {
    this.history.requests.push({ name, sentMs: this.#now() });
    this.#socket.write(`SUBMIT ${name} ${priority}\n`);
  }

  /** Ends the sending direction, goes on reading what the other side still has to say, until it closes too. */
  async end() {
    this.#ending = true;
    this.#socket.end();
    const late = setTimeout(() => {
      this.#fail(`not closed by the other side within ${CLOSE_MS} ms of its end`);
      this.#socket.destroy();
    }, CLOSE_MS);
    await this.#closed;
    clearTimeout(late);
  }

  #receive(text) {
    const atMs = this.#now();
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) {
      const request = this.history.requests[this.history.replies.length];
      if (request) this.#longestStallMs = Math.max(this.#longestStallMs, atMs - request.sentMs);
      this.history.replies.push({ line, atMs });
    }
  }

  #ended() {
    if (this.#rest !== '') this.#fail('closed by the other side in the middle of a reply');
    else if (!this.#ending) this.#fail('closed by the other side');
  }

  #fail(reason) {
    this.history.failure ??= reason;
  }
}
