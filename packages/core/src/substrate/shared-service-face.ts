import type { Dialect, Logger, ServiceChannel, ServiceFace } from '@lockstep/contracts';
import { SharedConnection } from './shared-connection.js';
import { VirtualChannel } from './virtual-channel.js';

/**
 * Puts all virtual connections on one connection to the service, for protocols without state of the connection. The
 * order of the bytes on that connection is the order of the requests, so no turn has to be waited for: no channel is
 * ever busy.
 */
export class SharedServiceFace implements ServiceFace {
  readonly #face: ServiceFace;
  readonly #dialect: Dialect;
  readonly #serviceForm: 'server' | 'program';
  readonly #logger: Logger;
  #connection: SharedConnection | undefined;
  #onLost: (reason: Error) => void = () => undefined;

  /**
   * @param face with the gate `none`; it is connected once, and again after that connection has broken
   */
  constructor(face: ServiceFace, dialect: Dialect, serviceForm: 'server' | 'program', logger: Logger) {
    this.#face = face;
    this.#serviceForm = serviceForm;
    this.#dialect = dialect;
    this.#logger = logger;
  }

  connect(): ServiceChannel {
    if (this.#connection === undefined || this.#connection.isOver) {
      const onBroken = (reason: Error): void => {
        if (this.#serviceForm === 'program') this.#onLost(reason);
      };
      const session = this.#dialect.createSession();
      this.#connection = new SharedConnection(this.#face.connect(), session, onBroken, this.#logger);
    }
    return new VirtualChannel(this.#connection, this.#dialect.createSession());
  }

  probe(): Promise<void> {
    return this.#face.probe();
  }

  /** A program that ends takes its state with it. A server that closes a connection lives on: it is asked whether it does. */
  onLost(listener: (reason: Error) => void): void {
    this.#onLost = listener;
    this.#face.onLost?.(listener);
  }

  /** Breaks the shared connection, and with it all channels. */
  close(): void {
    this.#connection?.close();
    this.#face.close?.();
  }
}
