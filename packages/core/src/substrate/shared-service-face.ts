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
  readonly #logger: Logger;
  #connection: SharedConnection | undefined;

  /**
   * @param face with the gate `none`; it is connected once, and again after that connection has broken
   */
  constructor(face: ServiceFace, dialect: Dialect, logger: Logger) {
    this.#face = face;
    this.#dialect = dialect;
    this.#logger = logger;
  }

  connect(): ServiceChannel {
    if (this.#connection === undefined || this.#connection.isOver) {
      this.#connection = new SharedConnection(this.#face.connect(), this.#dialect.createSession(), this.#logger);
    }
    return new VirtualChannel(this.#connection, this.#dialect.createSession());
  }

  probe(): Promise<void> {
    return this.#face.probe();
  }

  /** Breaks the shared connection, and with it all channels. */
  close(): void {
    this.#connection?.close();
    this.#face.close?.();
  }
}
