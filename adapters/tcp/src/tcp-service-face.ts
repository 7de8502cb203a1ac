import type { ServiceChannel, ServiceFace } from '@lockstep/contracts';
import { ByteSocket, connectError, formatAddress, type Address } from '@lockstep/sockets';
import { SocketTables } from './socket-tables.js';
import { TcpServiceChannel, type ConsumedGateOptions } from './tcp-service-channel.js';

/** A service that has not accepted a connection by then does not accept connections. */
const probeTimeoutMs = 2000;

/** What the face does besides carrying bytes. */
export interface TcpServiceFaceOptions {
  readonly gate: 'consumed' | 'none';
  /** For the gate `consumed`: how long a service must stay quiet to be taken for finished, in milliseconds. */
  readonly quietMs: number;
  /** For the gate `consumed`: how many bytes the service takes with one read, if they are there. */
  readonly readBytes: number;
}

/** Connects to the service, once for each virtual connection. */
export class TcpServiceFace implements ServiceFace {
  readonly #address: Address;
  /** One text for all connections, of which there may be many. */
  readonly #name: string;
  readonly #gate: ConsumedGateOptions | undefined;

  /**
   * @param tables where the gate `consumed` looks
   */
  constructor(address: Address, { gate, quietMs, readBytes }: TcpServiceFaceOptions, tables = new SocketTables()) {
    this.#address = address;
    this.#name = formatAddress(address);
    this.#gate = gate === 'consumed' ? { quietMs, readBytes, tables } : undefined;
  }

  connect(): ServiceChannel {
    return new TcpServiceChannel(this.#dial(), 'host' in this.#address, this.#name, this.#gate);
  }

  async probe(): Promise<void> {
    const { stream } = this.#dial();
    try {
      await new Promise<void>((resolve, reject) => {
        stream.once('connect', resolve);
        stream.once('error', reject);
        stream.setTimeout(probeTimeoutMs, () => reject(new Error(`no answer within ${probeTimeoutMs} ms`)));
      });
    } catch (error) {
      throw connectError(error as Error, this.#name);
    } finally {
      // What still goes wrong with a socket that is given up interests nobody.
      stream.on('error', () => {}).destroy();
    }
  }

  #dial(): ByteSocket {
    return ByteSocket.connect({ ...this.#address, allowHalfOpen: true, noDelay: true });
  }
}
