import type { ServiceChannel, ServiceFace } from '@lockstep/contracts';
import type { Address } from '@lockstep/sockets';
import { FirstUnitChannel } from './first-unit-channel.js';
import { WebSocketServiceChannel } from './web-socket-service-channel.js';

/** Connects to a service that speaks HTTP and WebSocket, once for each virtual connection. */
export class WebSocketServiceFace implements ServiceFace {
  readonly #http: ServiceFace;
  readonly #address: Address;
  readonly #gate: 'probe' | 'none';

  /** @param http connects to the same service for those that are no WebSockets */
  constructor(http: ServiceFace, address: Address, gate: 'probe' | 'none') {
    this.#http = http;
    this.#address = address;
    this.#gate = gate;
  }

  connect(): ServiceChannel {
    return new FirstUnitChannel({
      createWebSocket: () => new WebSocketServiceChannel(this.#address, this.#gate),
      createHttp: () => this.#http.connect(),
    });
  }

  probe(): Promise<void> {
    return this.#http.probe();
  }

  close(): void {
    this.#http.close?.();
  }
}
