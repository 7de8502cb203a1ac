import { connect, type Socket } from 'node:net';
import { LockstepError, type ServiceChannel, type ServiceFace } from '@lockstep/contracts';
import { connectError, formatAddress, type Address } from '@lockstep/sockets';
import type { HttpOptions } from '../options.js';
import { ExchangeLine } from './exchange-line.js';
import { HttpServiceChannel } from './http-service-channel.js';

/** A service that has not accepted a connection by then does not accept connections. */
const probeTimeoutMs = 2000;

/** How the face meets the service. */
export interface HttpServiceTerms {
  /** `none`: the channels are never busy. So it is for shared connections, whatever stands here. */
  readonly gate: 'reply' | 'none';
  /** `shared`: the requests of all virtual connections go over one connection, in their order. */
  readonly connections: 'dedicated' | 'shared';
}

/** Plays the clients towards the service. */
export class HttpServiceFace implements ServiceFace {
  readonly #address: Address;
  /** One text for all connections, of which there may be many. */
  readonly #name: string;
  readonly #options: HttpOptions;
  readonly #terms: HttpServiceTerms;
  /** The line that all share. */
  readonly #shared: ExchangeLine | undefined;
  /** Channels of the shared line. */
  readonly #channels = new Set<HttpServiceChannel>();
  #onLost: (reason: Error) => void = () => undefined;
  #isLost = false;

  constructor(address: Address, options: HttpOptions, terms: HttpServiceTerms) {
    this.#address = address;
    this.#name = formatAddress(address);
    this.#options = options;
    this.#terms = terms;
    if (terms.connections === 'dedicated') return;
    this.#shared = new ExchangeLine({
      dial: () => this.#dial(),
      depthMax: options.pipelining,
      tellsClose: false,
      onOpen: () => undefined,
      onLost: (reason, cause) => this.#lose(reason, cause),
    });
  }

  connect(): ServiceChannel {
    const { gate } = this.#terms;
    const terms = { gate, repeatBytesMax: this.#options.gatherBytes + this.#options.maxHeadBytes };
    if (this.#shared === undefined) return this.#connectDedicated(terms);
    const channel = new HttpServiceChannel(this.#shared, {
      ...terms,
      // The line keeps the order, and whoever waits in it must not be waited for: what it waits for may come behind.
      gate: 'none',
      ownsLine: false,
      onGone: (gone) => this.#channels.delete(gone),
    });
    this.#channels.add(channel);
    // The line connects when there is something to send; a channel of it is as good as open.
    process.nextTick(() => channel.open());
    return channel;
  }

  async probe(): Promise<void> {
    const socket = this.#dial();
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
        socket.setTimeout(probeTimeoutMs, () => reject(new Error(`no answer within ${probeTimeoutMs} ms`)));
      });
    } catch (error) {
      throw connectError(error as Error, this.#name);
    } finally {
      // What still goes wrong with a socket that is given up interests nobody.
      socket.on('error', () => {}).destroy();
    }
  }

  onLost(listener: (reason: Error) => void): void {
    this.#onLost = listener;
  }

  close(): void {
    this.#shared?.close();
  }

  #connectDedicated(terms: { gate: 'reply' | 'none'; repeatBytesMax: number }): ServiceChannel {
    const line = new ExchangeLine({
      dial: () => this.#dial(),
      depthMax: 1,
      tellsClose: true,
      onOpen: () => channel.open(),
      onLost: (reason) => channel.fail(connectError(reason, this.#name)),
    });
    const channel: HttpServiceChannel = new HttpServiceChannel(line, {
      ...terms,
      ownsLine: true,
      onGone: () => undefined,
    });
    line.open();
    return channel;
  }

  #lose(reason: Error, cause: 'unreachable' | 'broken'): void {
    const error =
      cause === 'unreachable'
        ? connectError(reason, this.#name)
        : new LockstepError(
            'ERR_LOCKSTEP_SERVICE_UNREACHABLE',
            `The connection that all clients share broke at ${this.#name} (${reason.message}): ` +
              'write pipelining: 1, or connections: dedicated, if the service does that on purpose.',
            { cause: reason, retryable: true },
          );
    if (!this.#isLost) this.#onLost(error);
    this.#isLost = true;
    for (const channel of [...this.#channels]) channel.fail(error);
  }

  #dial(): Socket {
    return connect({ ...this.#address, allowHalfOpen: true, noDelay: true });
  }
}
