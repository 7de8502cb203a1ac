import type { Channel, ClientFace } from '@lockstep/contracts';
import type { MemoryNetwork } from './memory-network.js';

/** A client face without a network: the reference of its contract. Open channels know nothing of it, and outlive it. */
export class MemoryClientFace implements ClientFace {
  readonly #network: MemoryNetwork;
  readonly #address: string;
  #isListening = false;

  constructor(network: MemoryNetwork, address = network.freeAddress()) {
    this.#network = network;
    this.#address = address;
  }

  listen(accept: (channel: Channel) => void): Promise<string> {
    return Promise.resolve().then(() => {
      this.#network.listen(this.#address, accept);
      this.#isListening = true;
      return this.#address;
    });
  }

  close(): Promise<void> {
    if (this.#isListening) this.#network.close(this.#address);
    this.#isListening = false;
    return Promise.resolve();
  }
}
