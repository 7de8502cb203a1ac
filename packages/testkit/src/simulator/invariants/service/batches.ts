import type { ClientToMember, OrderedEntry } from '@lockstep/core/protocol';

/** The batches of one attachment, as one member has got them and as they were ordered. */
class Attached {
  /** Of each message, in order, whether it is but a part of a batch. */
  readonly #isPart: boolean[] = [];
  /** Of each message that was ordered, its order number. */
  readonly #orders: number[] = [];

  got(isPart: boolean): void {
    this.#isPart.push(isPart);
  }

  ordered(order: number): void {
    this.#orders.push(order);
  }

  /** The entry that ends the batch with this number, the first one being 1; undefined if that was not ordered. */
  endOf(batch: number): number | undefined {
    let count = 0;
    const index = this.#isPart.findIndex((isPart) => !isPart && ++count === batch);
    return this.#orders[index];
  }
}

/** Which entries end the batches that client interceptors have sent to members. */
export class Batches {
  readonly #attached = new Map<string, Attached>();

  got(member: string, messages: readonly ClientToMember[]): void {
    for (const message of messages) {
      if (message.kind !== 'commands') continue;
      const { client, epoch } = message.entry;
      this.#of(member, client, epoch).got(message.isPart === true);
    }
  }

  ordered(member: string, entries: readonly OrderedEntry[]): void {
    for (const { order, entry } of entries) {
      if (entry?.kind === 'commands') this.#of(member, entry.client, entry.epoch).ordered(order);
    }
  }

  endOf(batch: number, member: string, client: string, epoch: number): number | undefined {
    return this.#of(member, client, epoch).endOf(batch);
  }

  #of(member: string, client: string, epoch: number): Attached {
    const key = `${member} ${client}#${epoch}`;
    const attached = this.#attached.get(key) ?? new Attached();
    this.#attached.set(key, attached);
    return attached;
  }
}
