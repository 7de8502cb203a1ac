import type { ClientId, ConnectionNumber, Milliseconds } from '@lockstep/contracts';
import type { Report } from '@lockstep/core/protocol';
import type { ClientProcess } from '../processes/client-process.js';
import type { GroupRecord } from './group-record.js';

/** What one client interceptor has given to a client of its own. */
export interface DeliveredConnection {
  text: string;
  /** Bytes of it that the client's side has taken. */
  taken: number;
  end: 'end' | 'reset' | undefined;
}

/** One client interceptor, and what was seen of it. */
export class ClientRecord {
  readonly id: ClientId;
  readonly startedMs: Milliseconds;
  readonly process: ClientProcess;
  readonly delivered = new Map<ConnectionNumber, DeliveredConnection>();
  /** The group by whose order each epoch was confirmed. */
  readonly confirmed = new Map<number, GroupRecord>();
  /** The group that it is, or was last, attached to. */
  group: GroupRecord | undefined;
  epoch = 0;
  /** Some group has forgotten it. */
  isExpired = false;
  hasGivenUp = false;
  /** Has been attached before. */
  hasFailedOver = false;
  /** The connection's number in the order, by its number here: they differ after an expiry. */
  readonly #numbers = new Map<ConnectionNumber, number>();
  #base = 0;
  #last = 0;

  constructor(process: ClientProcess, startedMs: Milliseconds) {
    this.process = process;
    this.id = process.id;
    this.startedMs = startedMs;
  }

  accepted(connection: ConnectionNumber): void {
    this.#last = connection;
    this.#numbers.set(connection, connection - this.#base);
    this.delivered.set(connection, { text: '', taken: 0, end: undefined });
  }

  reported({ event, fields }: Report): void {
    if (event === 'expired') this.#base = this.#last;
    if (event !== 'attached') return;
    this.hasFailedOver = this.group !== undefined;
    this.group = this.confirmed.get(Number(fields['epoch']));
  }

  /** The most that was given to any connection that has had this number in the order. */
  givenTo(number: number): number {
    return this.#most(number, ({ text, end }) => text.length + (end === undefined ? 0 : 1));
  }

  /** The most that the client's side of any such connection has taken; the end counts when all before it was. */
  takenOf(number: number): number {
    return this.#most(number, ({ text, taken, end }) => taken + (end !== undefined && taken === text.length ? 1 : 0));
  }

  numberOf(connection: ConnectionNumber): number {
    return this.#numbers.get(connection) ?? 0;
  }

  #most(number: number, measure: (delivered: DeliveredConnection) => number): number {
    let most = 0;
    for (const [connection, delivered] of this.delivered) {
      if (this.#numbers.get(connection) === number) most = Math.max(most, measure(delivered));
    }
    return most;
  }
}
