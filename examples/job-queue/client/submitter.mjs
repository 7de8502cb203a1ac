import { setTimeout as pause } from 'node:timers/promises';
import { SubmitConnection } from './submit-connection.mjs';

/** Requests fall due continuously and are sent in bursts, this far apart. */
const TICK_MS = 5;

/** How long the last requests may wait for their replies once the client has been told to stop. */
const DRAIN_MS = 10_000;

/**
 * @typedef {object} Progress
 * @property {number} sent             requests so far
 * @property {number} replied          replies so far
 * @property {number} waiting          requests without a reply, at this moment
 * @property {number} longestStallMs   the longest that a request has waited
 * @property {number} open             connections that are open
 */

/** Submits jobs at a steady rate over several connections in turn, whether or not replies keep up. */
export class Submitter {
  /** @type {SubmitConnection[]} */
  #connections;
  #options;
  #sent = 0;
  #stopped = false;

  /**
   * @param {object} options
   * @param {number} options.port         of the service on the loopback
   * @param {number} options.rate         requests per second, over all connections
   * @param {number} options.connections  how many connections
   * @param {number} options.requestsMax  after so many it stops by itself
   * @param {string} options.prefix       starts the name of every job; another client must have another one
   */
  constructor(options) {
    this.#options = options;
    const now = () => performance.now();
    this.#connections = Array.from(
      { length: options.connections },
      (_, index) => new SubmitConnection(index + 1, options.port, now),
    );
  }

  /** @returns {Progress} */
  get progress() {
    const connections = this.#connections;
    const replied = connections.reduce((sum, connection) => sum + connection.history.replies.length, 0);
    return {
      sent: this.#sent,
      replied,
      waiting: connections.reduce((sum, connection) => sum + Math.max(0, connection.waiting), 0),
      longestStallMs: Math.max(...connections.map((connection) => connection.longestStallMs)),
      open: connections.filter((connection) => connection.open).length,
    };
  }

  /**
   * Submits until it is stopped, has sent `requestsMax`, or has no open connection left; waits for the last replies;
   * then ends all connections.
   *
   * @returns {Promise<import('./submit-connection.mjs').ConnectionHistory[]>} what each connection saw
   */
  async run() {
    const startedMs = performance.now();
    while (!this.#stopped && this.#sent < this.#options.requestsMax && this.progress.open > 0) {
      this.#submitUntil(((performance.now() - startedMs) / 1000) * this.#options.rate);
      await pause(TICK_MS);
    }
    const deadlineMs = performance.now() + DRAIN_MS;
    while (this.#connections.some((one) => one.open && one.waiting > 0) && performance.now() < deadlineMs) {
      await pause(TICK_MS);
    }
    await Promise.all(this.#connections.map((connection) => connection.end()));
    return this.#connections.map((connection) => connection.history);
  }

  stop() {
    this.#stopped = true;
  }

  #submitUntil(due) {
    const until = Math.min(due, this.#options.requestsMax);
    const open = this.#connections.filter((connection) => connection.open);
    while (this.#sent < until && open.length > 0) {
      this.#sent += 1;
      const connection = open[this.#sent % open.length];
      connection.submit(`${this.#options.prefix}-${connection.history.number}-${this.#sent}`, this.#sent % 10);
    }
  }
}
