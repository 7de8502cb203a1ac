import type { IncarnationId, OrderNumber, View } from '@lockstep/contracts';
import { majorityOf } from '../membership/quorum.js';

interface Progress {
  received: OrderNumber;
  executed: OrderNumber;
}

/** How far each member and learner of the view has come, by its own word. Counts start anew with each view. */
export class Receipts {
  #view: View | undefined;
  readonly #progress = new Map<IncarnationId, Progress>();
  /** What `stable` says, until something changes that it depends on. */
  #stable: OrderNumber | undefined;

  reset(view: View): void {
    const executed = new Map([...this.#progress].map(([peer, progress]) => [peer, progress.executed]));
    this.#view = view;
    this.#stable = undefined;
    this.#progress.clear();
    for (const { incarnation } of [...view.members, ...view.learners]) {
      this.#progress.set(incarnation, {
        received: view.start,
        executed: executed.get(incarnation) ?? (0 as OrderNumber),
      });
    }
  }

  /** Cumulative: smaller numbers than before change nothing. */
  note(peer: IncarnationId, received: OrderNumber, executed?: OrderNumber): void {
    const progress = this.#progress.get(peer);
    if (progress === undefined) return;
    if (received > progress.received) {
      progress.received = received;
      this.#stable = undefined;
    }
    if (executed !== undefined && executed > progress.executed) progress.executed = executed;
  }

  receivedBy(peer: IncarnationId): OrderNumber {
    return this.#progress.get(peer)?.received ?? (0 as OrderNumber);
  }

  executedBy(peer: IncarnationId): OrderNumber {
    return this.#progress.get(peer)?.executed ?? (0 as OrderNumber);
  }

  /** The last entry that a majority of the view's members has received. Learners do not count. */
  stable(): OrderNumber {
    if (this.#view === undefined) return 0 as OrderNumber;
    this.#stable ??= this.#countStable(this.#view);
    return this.#stable;
  }

  /** The highest number that a majority has reached. Few members: trying each is done before a sort has begun. */
  #countStable(view: View): OrderNumber {
    const majority = majorityOf(view);
    let stable = 0 as OrderNumber;
    for (const { incarnation } of view.members) {
      const received = this.receivedBy(incarnation);
      if (received > stable && this.#countReached(view, received) >= majority) stable = received;
    }
    return stable;
  }

  #countReached(view: View, number: OrderNumber): number {
    let count = 0;
    for (const { incarnation } of view.members) if (this.receivedBy(incarnation) >= number) count++;
    return count;
  }
}
