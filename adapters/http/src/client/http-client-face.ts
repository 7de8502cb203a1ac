import { createServer, type Server, type Socket } from 'node:net';
import { LockstepError, type Channel, type ClientFace, type Logger } from '@lockstep/contracts';
import { formatAddress, listenOn, type Address } from '@lockstep/sockets';
import type { Refusal } from '../message/refusal.js';
import type { HttpOptions } from '../options.js';
import { ClientConnection, type ClientConnectionTerms } from './client-connection.js';
import type { UpgradeHook } from './upgrade-hook.js';

/** Clients that vanish without a word (a host that lost power) are found after this time and two minutes. */
const keepAliveAfterMs = 60_000;

/** How often is looked for clients that take too long; and a quarter of the shortest time that they have, if that is less. */
const tickMs = 1000;

/** Listens for HTTP clients, and yields a channel for each connection that has made a request. */
export class HttpClientFace implements ClientFace {
  readonly #address: Address;
  readonly #options: HttpOptions;
  readonly #logger: Logger;
  readonly #onUpgrade: UpgradeHook | undefined;
  readonly #connections = new Set<ClientConnection>();
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #refusals = 0;

  /**
   * @param onUpgrade asked about each request for an upgrade; without it they are passed on
   */
  constructor(address: Address, options: HttpOptions, logger: Logger, onUpgrade?: UpgradeHook) {
    this.#address = address;
    this.#options = options;
    this.#logger = logger;
    this.#onUpgrade = onUpgrade;
  }

  async listen(accept: (channel: Channel) => void): Promise<string> {
    if (this.#server !== undefined) throw new Error('listen is called once');
    const terms = this.#termsOf(accept);
    const server = createServer(
      { allowHalfOpen: true, noDelay: true, keepAlive: terms.canReset, keepAliveInitialDelay: keepAliveAfterMs },
      (socket: Socket) => this.#connections.add(new ClientConnection(socket, terms)),
    );
    const bound = await listenOn(server, this.#address, { purpose: 'where clients are to be served' });
    this.#server = server;
    server.on('error', (error) => this.#noteAcceptError(error));
    this.#watch();
    return formatAddress(bound);
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    for (const connection of this.#connections) connection.abandon();
    // The descriptor is closed in this turn of the event loop. The server's own callback would wait for all channels.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #termsOf(accept: (channel: Channel) => void): ClientConnectionTerms {
    return {
      options: this.#options,
      canReset: 'host' in this.#address,
      onUpgrade: this.#onUpgrade,
      now: () => performance.now(),
      accept,
      onRefused: (refusal) => this.#noteRefusal(refusal),
      onGone: (connection) => {
        this.#connections.delete(connection);
        this.#stopWatchingIfDone();
      },
    };
  }

  /** One timer for all connections: with many of them, timers of their own would cost more than the requests. */
  #watch(): void {
    const { headTimeoutMs, bodyTimeoutMs, idleTimeoutMs } = this.#options;
    const periodMs = Math.min(tickMs, Math.ceil(Math.min(headTimeoutMs, bodyTimeoutMs, idleTimeoutMs) / 4));
    this.#timer = setInterval(() => {
      const now = performance.now();
      for (const connection of this.#connections) connection.tick(now);
      this.#stopWatchingIfDone();
    }, periodMs);
    this.#timer.unref();
  }

  #stopWatchingIfDone(): void {
    if (this.#server === undefined && this.#connections.size === 0) clearInterval(this.#timer);
  }

  #noteRefusal({ status, reason }: Refusal): void {
    this.#refusals += 1;
    const fields = { code: 'ERR_LOCKSTEP_INPUT_REFUSED', status, reason, refusals: this.#refusals };
    this.#logger.info(fields, `refused what a client sent: ${reason}`);
  }

  /** The process is out of descriptors, or the system of memory: this client is refused, and everybody else lives on. */
  #noteAcceptError(cause: Error): void {
    const error = new LockstepError(
      'ERR_LOCKSTEP_LISTEN',
      `A client on ${formatAddress(this.#address)} was refused because the system could not accept it (${cause.message}): ` +
        'raise the limit of open files, or serve fewer connections.',
      { cause, retryable: true },
    );
    this.#logger.warn({ err: error, code: error.code }, error.message);
  }
}
