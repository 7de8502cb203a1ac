import type { ServiceChannel, ServiceChannelHandler, ServiceFace } from '@lockstep/contracts';
import type { MemoryChannel } from './memory-channel.js';
import type { MemoryNetwork } from './memory-network.js';

/**
 * A service face without a network: the reference of its contract. Its gate is `none`, so no channel is ever busy.
 */
export class MemoryServiceFace implements ServiceFace {
  readonly #network: MemoryNetwork;
  readonly #address: string;

  constructor(network: MemoryNetwork, address: string) {
    this.#network = network;
    this.#address = address;
  }

  connect(): ServiceChannel {
    return new MemoryServiceChannel(() => this.#network.connect(this.#address));
  }

  probe(): Promise<void> {
    return Promise.resolve().then(() => this.#network.connect(this.#address).reset());
  }
}

/** Connects in a later turn of the event loop, as a network would. */
class MemoryServiceChannel implements ServiceChannel {
  readonly busy = false;
  readonly #dial: () => MemoryChannel;
  #channel: MemoryChannel | undefined;
  /** What was called before it was open. */
  readonly #calls: ((channel: MemoryChannel) => void)[] = [];
  #wasReset = false;

  constructor(dial: () => MemoryChannel) {
    this.#dial = dial;
  }

  bind(handler: ServiceChannelHandler): void {
    setImmediate(() => this.#open(handler));
  }

  send(...parameters: Parameters<ServiceChannel['send']>): void {
    this.#call((channel) => channel.send(...parameters));
  }

  end(): void {
    this.#call((channel) => channel.end());
  }

  reset(): void {
    if (this.#channel === undefined) this.#wasReset = true;
    else this.#channel.reset();
  }

  pause(): void {
    this.#call((channel) => channel.pause());
  }

  resume(): void {
    this.#call((channel) => channel.resume());
  }

  #open(handler: ServiceChannelHandler): void {
    if (this.#wasReset) {
      handler.onClosed();
      return;
    }
    try {
      this.#channel = this.#dial();
    } catch (error) {
      handler.onReset(error as Error, 'peer');
      handler.onClosed();
      return;
    }
    this.#channel.bind(handler);
    for (const call of this.#calls.splice(0)) call(this.#channel);
    handler.onOpen();
  }

  #call(call: (channel: MemoryChannel) => void): void {
    if (this.#channel === undefined) this.#calls.push(call);
    else call(this.#channel);
  }
}
