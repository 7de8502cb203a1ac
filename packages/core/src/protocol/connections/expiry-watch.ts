import type { ClientId, Epoch, IncarnationId, Milliseconds, View } from '@lockstep/contracts';
import { Fifo } from '../fifo.js';
import type { ClientRecord } from './table-records.js';

/** A client interceptor that nobody serves, and since when. */
interface Absence {
  readonly client: ClientId;
  readonly epoch: Epoch;
  readonly since: Milliseconds;
}

/**
 * Keeps the time of client interceptors that nobody serves, by the local clock, if this replica is the one to do so: the member
 * of the lowest rank that has a service. What it decides becomes true when the group has ordered it.
 */
export class ExpiryWatch {
  readonly #self: IncarnationId;
  readonly #expireAfterMs: Milliseconds;
  readonly #absences = new Fifo<Absence>();
  /** The epoch in which a client is watched or was found expired; nothing is decided about it twice. */
  readonly #watched = new Map<ClientId, Epoch>();
  #members: ReadonlySet<IncarnationId> = new Set();
  #responsible = false;

  constructor(self: IncarnationId, expireAfterMs: Milliseconds) {
    this.#self = self;
    this.#expireAfterMs = expireAfterMs;
  }

  /** A view was installed: another member may be responsible now, and clients of lost members are detached. */
  view(view: View, clients: readonly ClientRecord[], now: Milliseconds): void {
    this.#members = new Set(view.members.map(({ incarnation }) => incarnation));
    const keeper = view.members.find(({ witness }) => !witness);
    this.#responsible = keeper?.incarnation === this.#self;
    if (!this.#responsible) {
      this.#absences.clear();
      this.#watched.clear();
      return;
    }
    for (const record of clients) this.observe(record, now);
  }

  /** Whether nobody serves this client. */
  isDetached(record: ClientRecord): boolean {
    return record.detached || !this.#members.has(record.member);
  }

  /** The client was attached or detached. */
  observe(record: ClientRecord, now: Milliseconds): void {
    const { client, epoch } = record;
    if (!this.#responsible) return;
    if (!this.isDetached(record)) this.#watched.delete(client);
    else if (this.#watched.get(client) !== epoch) {
      this.#watched.set(client, epoch);
      this.#absences.push({ client, epoch, since: now });
    }
  }

  /** The client is forgotten. */
  forget(client: ClientId): void {
    this.#watched.delete(client);
  }

  /** The clients that have been away for too long, each told once. */
  takeExpired(now: Milliseconds): { client: ClientId; epoch: Epoch }[] {
    const expired: { client: ClientId; epoch: Epoch }[] = [];
    for (let next = this.#absences.first; next !== undefined; next = this.#absences.first) {
      if (now < next.since + this.#expireAfterMs) break;
      this.#absences.shift();
      if (this.#watched.get(next.client) === next.epoch) expired.push({ client: next.client, epoch: next.epoch });
    }
    return expired;
  }

  nextDeadline(): Milliseconds | undefined {
    const first = this.#absences.first;
    return first === undefined ? undefined : first.since + this.#expireAfterMs;
  }
}
