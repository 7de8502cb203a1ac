import type { Dialect, ServiceChannel, ServiceFace } from '@lockstep/contracts';
import { DialectServiceChannel } from './dialect-service-channel.js';

/**
 * A service face with the gate `reply`. The face beneath has the gate `none`, or `consumed` if the dialect has one-way
 * requests: that decides for turns that end in one.
 */
export class DialectServiceFace implements ServiceFace {
  readonly #face: ServiceFace;
  readonly #dialect: Dialect;

  constructor(face: ServiceFace, dialect: Dialect) {
    this.#face = face;
    this.#dialect = dialect;
  }

  connect(): ServiceChannel {
    return new DialectServiceChannel(this.#face.connect(), this.#dialect.createSession());
  }

  probe(): Promise<void> {
    return this.#face.probe();
  }

  onLost(listener: (reason: Error) => void): void {
    this.#face.onLost?.(listener);
  }

  close(): void {
    this.#face.close?.();
  }
}
