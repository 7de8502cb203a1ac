import { createServer, type Server, type Socket } from 'node:net';
import { LockstepError, type Channel, type ClientFace, type Logger } from '@lockstep/contracts';
import { formatAddress, socketOptions, type Address } from './address.js';
import { listenError } from './socket-errors.js';
import { TcpChannel } from './tcp-channel.js';

/** Clients that vanish without a word (a host that lost power) are found after this time and two minutes. */
const keepAliveAfterMs = 60_000;

/** When accepting fails it fails often: one line in the log for each period says how often. */
const acceptErrorPeriodMs = 1000;

/** Listens for clients, and yields a channel for each. */
export class TcpClientFace implements ClientFace {
  readonly #address: Address;
  readonly #logger: Logger;
  #server: Server | undefined;
  /** Failures to accept since the last line in the log; undefined while none has happened for a period. */
  #acceptErrors: number | undefined;

  constructor(address: Address, logger: Logger) {
    this.#address = address;
    this.#logger = logger;
  }

  async listen(accept: (channel: Channel) => void): Promise<string> {
    if (this.#server !== undefined) throw new Error('listen is called once');
    const canReset = this.#address.kind === 'tcp';
    const server = createServer(
      { allowHalfOpen: true, noDelay: true, keepAlive: canReset, keepAliveInitialDelay: keepAliveAfterMs },
      (socket: Socket) => accept(new TcpChannel(socket, canReset)),
    );
    this.#server = server;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(socketOptions(this.#address), () => {
          server.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      this.#server = undefined;
      throw listenError(error as Error, formatAddress(this.#address));
    }
    server.on('error', (error) => this.#noteAcceptError(error));
    return formatAddress(this.#addressOf(server));
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    // The descriptor is closed in this turn of the event loop. The server's own callback would wait for all channels.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #addressOf(server: Server): Address {
    const address = server.address();
    if (address === null || typeof address === 'string') return this.#address;
    return { kind: 'tcp', host: address.address, port: address.port };
  }

  /**
   * The process is out of descriptors, or the system of memory: this client is refused, and everybody else lives on.
   * What was accepted before is not touched, and what comes later is tried again.
   */
  #noteAcceptError(cause: Error): void {
    if (this.#acceptErrors !== undefined) {
      this.#acceptErrors += 1;
      return;
    }
    this.#acceptErrors = 0;
    this.#reportAcceptErrors(1, cause);
    setTimeout(() => {
      const count = this.#acceptErrors ?? 0;
      this.#acceptErrors = undefined;
      if (count > 0) this.#reportAcceptErrors(count, cause);
    }, acceptErrorPeriodMs).unref();
  }

  #reportAcceptErrors(count: number, cause: Error): void {
    const address = formatAddress(this.#address);
    const error = new LockstepError(
      'ERR_LOCKSTEP_LISTEN',
      `Clients on ${address} were refused because the system could not accept them (${cause.message}): ` +
        'raise the limit of open files, or serve fewer connections.',
      { cause, retryable: true },
    );
    this.#logger.warn({ err: error, code: error.code, count }, error.message);
  }
}
