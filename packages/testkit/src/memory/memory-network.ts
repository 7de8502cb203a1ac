import { LockstepError } from '@lockstep/contracts';
import { MemoryChannel } from './memory-channel.js';

/** Addresses in memory that one can listen on and connect to. */
export class MemoryNetwork {
  readonly #listeners = new Map<string, (channel: MemoryChannel) => void>();
  #lastAddress = 0;

  /** An address that nobody listens on yet. */
  freeAddress(): string {
    this.#lastAddress += 1;
    return `memory:${this.#lastAddress}`;
  }

  /** @throws LockstepError `ERR_LOCKSTEP_ADDRESS_IN_USE` */
  listen(address: string, accept: (channel: MemoryChannel) => void): void {
    if (this.#listeners.has(address)) {
      throw new LockstepError('ERR_LOCKSTEP_ADDRESS_IN_USE', `Somebody listens on ${address}: choose another address.`);
    }
    this.#listeners.set(address, accept);
  }

  close(address: string): void {
    this.#listeners.delete(address);
  }

  /** @throws LockstepError `ERR_LOCKSTEP_SERVICE_UNREACHABLE` */
  connect(address: string): MemoryChannel {
    const accept = this.#listeners.get(address);
    if (accept === undefined) {
      throw new LockstepError('ERR_LOCKSTEP_SERVICE_UNREACHABLE', `Nobody listens on ${address}: listen there first.`, {
        retryable: true,
      });
    }
    const [near, far] = MemoryChannel.pair();
    accept(far);
    return near;
  }
}
