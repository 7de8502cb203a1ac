import type { Ballot, IncarnationId, Milliseconds, OrderNumber } from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import type { Accept, Prepare, PrepareAnswer, ViewChange } from '../messages.js';
import type { FailureDetector } from './failure-detector.js';
import { rankOf } from './quorum.js';

/** This member's vote on what follows its view. A promise wedges it; an acceptance means that it holds everything up to the end. */
export class Acceptor {
  readonly #state: GroupState;
  readonly #detector: FailureDetector;
  promised = 0 as Ballot;
  accepted: { readonly ballot: Ballot; readonly value: ViewChange } | undefined;
  wedgedAt: Milliseconds = 0;
  /** A prepare that waits until this member, too, suspects everybody ranked below its sender, or until the time is up. */
  #deferred: { readonly peer: IncarnationId; readonly message: Prepare; readonly until: Milliseconds } | undefined;
  /** An accept that waits for entries. */
  #incomplete: { readonly peer: IncarnationId; readonly message: Accept } | undefined;

  constructor(state: GroupState, detector: FailureDetector) {
    this.#state = state;
    this.#detector = detector;
  }

  reset(): void {
    this.promised = 0 as Ballot;
    this.accepted = undefined;
    this.#deferred = undefined;
    this.#incomplete = undefined;
  }

  get deferredUntil(): Milliseconds | undefined {
    return this.#deferred?.until;
  }

  onPrepare(peer: IncarnationId, message: Prepare): void {
    if (message.ballot < this.promised) return this.#refuse(peer, message.ballot);
    if (message.ballot === this.promised) return this.#answer(peer);
    if (!this.#mustDefer(peer)) return this.#promiseTo(peer, message.ballot);
    if (this.#deferred !== undefined && this.#deferred.message.ballot >= message.ballot) return;
    this.#deferred = { peer, message, until: this.#state.now + this.#state.settings.timing.suspectAfterMs };
  }

  /** Suspicions have changed, or time has passed. */
  reconsider(): void {
    const deferred = this.#deferred;
    if (deferred === undefined) return;
    if (this.#state.now < deferred.until && this.#mustDefer(deferred.peer)) return;
    this.#deferred = undefined;
    if (deferred.message.ballot < this.promised) this.#refuse(deferred.peer, deferred.message.ballot);
    else this.#promiseTo(deferred.peer, deferred.message.ballot);
  }

  /** This member's own promise to its own attempt. */
  promiseToSelf(ballot: Ballot): PrepareAnswer {
    this.#wedge(ballot);
    return this.#promise();
  }

  onAccept(peer: IncarnationId, message: Accept): void {
    if (message.ballot < this.promised) return this.#refuse(peer, message.ballot);
    this.#wedge(message.ballot);
    const { held } = this.#state;
    if (held < message.value.end) {
      this.#incomplete = { peer, message };
      this.#state.send(peer, { kind: 'fetch', from: (held + 1) as OrderNumber, to: message.value.end });
      return;
    }
    this.accept(message.ballot, message.value);
    this.#state.send(peer, { kind: 'accepted', view: message.view, ballot: message.ballot });
  }

  accept(ballot: Ballot, value: ViewChange): void {
    this.accepted = { ballot, value };
    this.#incomplete = undefined;
  }

  /** Staged entries have arrived: an accept may be complete now. */
  entriesArrived(): void {
    const incomplete = this.#incomplete;
    if (incomplete === undefined) return;
    this.#incomplete = undefined;
    this.onAccept(incomplete.peer, incomplete.message);
  }

  /**
   * Whether somebody ranked below the candidate is still to be reckoned with: then it should act, and two candidates
   * would only disturb each other. Promising is always safe; this is for liveness alone.
   */
  #mustDefer(candidate: IncarnationId): boolean {
    const view = this.#state.view!;
    const before = view.members.slice(0, rankOf(view, candidate));
    return before.some(({ incarnation }) => !this.#detector.discounts(incarnation));
  }

  #promiseTo(peer: IncarnationId, ballot: Ballot): void {
    this.#wedge(ballot);
    this.#answer(peer);
  }

  #wedge(ballot: Ballot): void {
    if (!this.#state.wedged)
      this.#state.report('info', 'wedge', { view: this.#state.view!.number, received: this.#state.log.last });
    this.#state.wedged = true;
    this.promised = ballot;
    this.wedgedAt = this.#state.now;
    this.#incomplete = undefined;
    if (this.#deferred !== undefined && this.#deferred.message.ballot <= ballot) this.#deferred = undefined;
  }

  #promise(): PrepareAnswer {
    const { view, log } = this.#state;
    return { kind: 'promise', view: view!.number, ballot: this.promised, received: log.last, accepted: this.accepted };
  }

  #answer(peer: IncarnationId): void {
    this.#state.send(peer, this.#promise());
  }

  #refuse(peer: IncarnationId, ballot: Ballot): void {
    const view = this.#state.view!.number;
    this.#state.send(peer, { kind: 'prepare-refused', view, ballot, promised: this.promised });
  }
}
