import type { Epoch, MemberName, Milliseconds } from '@lockstep/contracts';
import type { ConnectionState } from '../connections/client-link.js';
import type { Command } from '../connections/entry.js';
import { Fifo } from '../fifo.js';
import { clientLimits } from './limits.js';

/** The link to the member that this client interceptor has chosen, from dialling to its loss. */
export class Uplink {
  readonly member: MemberName;
  state: 'connecting' | 'attaching' | 'attached' = 'connecting';
  /** When it entered its state. */
  since: Milliseconds;
  heardAt: Milliseconds;
  sentAt: Milliseconds;
  writable = true;
  epoch = 0 as Epoch;
  /** What the member has said of connections before it confirms the attachment. */
  readonly states: ConnectionState[] = [];
  /** Batches that were sent and are not stable. */
  readonly #batches = new Fifo<readonly Command[]>();
  #settledBatches = 0;
  #commandsUnderWay = 0;
  /** When batches were sent last; undefined once something has come back. */
  #unansweredSince: Milliseconds | undefined;

  constructor(member: MemberName, now: Milliseconds) {
    this.member = member;
    this.since = now;
    this.heardAt = now;
    this.sentAt = now;
  }

  enter(state: 'attaching' | 'attached', now: Milliseconds): void {
    this.state = state;
    this.since = now;
    this.heardAt = now;
    this.sentAt = now;
  }

  /**
   * Until when commands are to gather. Whoever waits for a reply before he asks again finds the way free; where many ask at
   * once, a batch goes while another comes back, however short the turns of the event loop are.
   */
  get gatherUntil(): Milliseconds | undefined {
    return this.#unansweredSince === undefined ? undefined : this.#unansweredSince + clientLimits.gatherMs;
  }

  /** Commands that were sent and are not stable. */
  get commandsUnderWay(): number {
    return this.#commandsUnderWay;
  }

  sent(batch: readonly Command[], now: Milliseconds): void {
    this.#batches.push(batch);
    this.#commandsUnderWay += batch.length;
    this.sentAt = now;
    this.#unansweredSince = now;
  }

  /** Something has come from the member. */
  heard(now: Milliseconds): void {
    this.heardAt = now;
    this.#unansweredSince = undefined;
  }

  /**
   * The first `count` batches of this attachment are stable.
   *
   * @returns those that were not known to be; undefined if so many were never sent
   */
  settle(count: number): (readonly Command[])[] | undefined {
    if (count > this.#settledBatches + this.#batches.length) return undefined;
    const settled: (readonly Command[])[] = [];
    for (; this.#settledBatches < count; this.#settledBatches++) {
      const batch = this.#batches.shift()!;
      this.#commandsUnderWay -= batch.length;
      settled.push(batch);
    }
    return settled;
  }
}
