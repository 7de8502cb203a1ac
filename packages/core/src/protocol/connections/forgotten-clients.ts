import type { ClientId, Epoch } from '@lockstep/contracts';
import { connectionLimits } from './limits.js';

/**
 * The last epochs of expired client interceptors. An `attach` that was submitted before the expiry and ordered after it
 * must not make the client anew: what the client sent later would be executed twice. Part of the replicated table; the
 * oldest are dropped by the order of their expiry, which is the same on every replica.
 */
export class ForgottenClients {
  readonly #epochs = new Map<ClientId, Epoch>();

  add(client: ClientId, epoch: Epoch): void {
    this.#epochs.delete(client);
    this.#epochs.set(client, epoch);
    if (this.#epochs.size <= connectionLimits.forgottenClientsMax) return;
    for (const oldest of this.#epochs.keys()) {
      this.#epochs.delete(oldest);
      return;
    }
  }

  /** The client is known again. */
  remove(client: ClientId): void {
    this.#epochs.delete(client);
  }

  /** The last epoch of the client before it was forgotten; 0 if nothing is remembered. */
  epochOf(client: ClientId): Epoch {
    return this.#epochs.get(client) ?? (0 as Epoch);
  }

  /** For the digest, in the order of expiry. */
  entries(): [ClientId, Epoch][] {
    return [...this.#epochs];
  }
}
