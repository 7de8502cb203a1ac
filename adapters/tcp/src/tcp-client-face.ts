import { createServer, type Server, type Socket } from 'node:net';
import { LockstepError, type Channel, type ClientFace, type Logger } from '@lockstep/contracts';
import { formatAddress, listenOn, type Address } from '@lockstep/sockets';
import type { ProxyProtocolOptions } from './options.js';
import { ProxyFront } from './proxy-protocol/proxy-front.js';
import { TcpChannel } from './tcp-channel.js';
import { ThrottledReport } from './throttled-report.js';

/** Clients that vanish without a word (a host that lost power) are found after this time and two minutes. */
const keepAliveAfterMs = 60_000;

/** When accepting fails it fails often: one line in the log for each period says how often. */
const acceptErrorPeriodMs = 1000;

/** Listens for clients, and yields a channel for each. */
export class TcpClientFace implements ClientFace {
  readonly #address: Address;
  readonly #logger: Logger;
  readonly #front: ProxyFront;
  /**
   * The process is out of descriptors, or the system of memory: this client is refused, and everybody else lives on.
   * What was accepted before is not touched, and what comes later is tried again.
   */
  readonly #acceptErrors = new ThrottledReport<Error>(acceptErrorPeriodMs, (count, cause) => {
    this.#reportAcceptErrors(count, cause);
  });
  #server: Server | undefined;

  /**
   * @param proxyProtocol headers before the stream. Default: none
   */
  constructor(address: Address, logger: Logger, proxyProtocol: ProxyProtocolOptions = { in: false, out: false }) {
    this.#address = address;
    this.#logger = logger;
    this.#front = new ProxyFront(proxyProtocol, formatAddress(address), logger);
  }

  async listen(accept: (channel: Channel) => void): Promise<string> {
    if (this.#server !== undefined) throw new Error('listen is called once');
    const canReset = 'host' in this.#address;
    const server = createServer(
      {
        allowHalfOpen: true,
        noDelay: true,
        keepAlive: canReset,
        keepAliveInitialDelay: keepAliveAfterMs,
        pauseOnConnect: true,
      },
      (socket: Socket) => this.#front.admit(socket, (admitted) => accept(new TcpChannel(admitted, canReset))),
    );
    const bound = await listenOn(server, this.#address, { purpose: 'where clients are to be served' });
    this.#server = server;
    server.on('error', (error) => this.#acceptErrors.note(error));
    return formatAddress(bound);
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    this.#front.close();
    // The descriptor is closed in this turn of the event loop. The server's own callback would wait for all channels.
    await new Promise((resolve) => setImmediate(resolve));
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
