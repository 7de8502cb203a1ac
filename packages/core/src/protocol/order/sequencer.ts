import type { EntryRun, IncarnationId, Milliseconds, OrderNumber } from '@lockstep/contracts';
import { Fifo } from '../fifo.js';
import type { GroupState } from '../group-state.js';
import { isQuorum } from '../membership/quorum.js';
import { limits } from '../limits.js';
import type { FailureDetector } from '../membership/failure-detector.js';
import { Dispatch } from './dispatch.js';
import { countEntries, cutRun, lastSubmission } from './entry-run.js';
import type { Receipts } from './receipts.js';

/**
 * Rank 0 at work: takes submissions once each, gives them order numbers as far as the window allows, and brings every
 * peer of the view up to date.
 */
export class Sequencer {
  readonly #state: GroupState;
  readonly #receipts: Receipts;
  readonly #detector: FailureDetector;
  readonly #dispatch: Dispatch;
  /** Accepted runs that wait for the window. */
  readonly #backlog = new Fifo<EntryRun>();
  /** For each sender, the last submission in the log or the backlog. */
  readonly #accepted = new Map<IncarnationId, number>();
  /** For each peer, the last order number sent to it. */
  readonly #sentTo = new Map<IncarnationId, OrderNumber>();
  #blockedSince: Milliseconds | undefined;

  constructor(state: GroupState, receipts: Receipts, detector: FailureDetector) {
    this.#state = state;
    this.#receipts = receipts;
    this.#detector = detector;
    this.#dispatch = new Dispatch(state, receipts, detector);
  }

  /** A view was installed, in which this member may be the sequencer. */
  reset(): void {
    this.#backlog.clear();
    this.#accepted.clear();
    this.#sentTo.clear();
    this.#dispatch.reset();
    this.#blockedSince = undefined;
  }

  /** The last submission of `sender` that this sequencer has taken. */
  accepted(sender: IncarnationId): number {
    return this.#accepted.get(sender) ?? this.#state.lastSubmissions.get(sender) ?? 0;
  }

  /** Takes a run of the sender's submissions; what it has already is cut off, what leaves a gap is dropped. */
  accept(run: EntryRun): void {
    const known = this.accepted(run.sender);
    if (run.firstSubmission > known + 1) {
      this.#state.report('debug', 'drop-submission-gap', { sender: run.sender, known, first: run.firstSubmission });
      return;
    }
    const last = lastSubmission(run);
    if (last <= known) return;
    this.#accepted.set(run.sender, last);
    this.#backlog.push(cutRun(run, known + 1 - run.firstSubmission));
  }

  /** The peer says where it is after its link came up or a view was installed: go on from there. */
  rewind(peer: IncarnationId, received: OrderNumber): void {
    this.#sentTo.set(peer, received);
  }

  /** Orders what waits and fits the window, and sends every peer what it has not been sent. */
  flush(): void {
    if (!this.#state.wedged) this.#order();
    this.#sendOrders();
  }

  /** Members that have kept the window shut for longer than they may, while a quorum was ready to go on: this one, too. */
  laggards(): IncarnationId[] {
    const view = this.#state.view;
    if (view === undefined || this.#blockedSince === undefined) return [];
    if (this.#state.now - this.#blockedSince < this.#state.settings.timing.laggardAfterMs) return [];
    const heard = view.members.map(({ incarnation }) => incarnation).filter((peer) => !this.#detector.suspects(peer));
    const laggards = heard.filter((peer) => this.#blocks(peer));
    return isQuorum(view, (peer) => heard.includes(peer) && !laggards.includes(peer)) ? laggards : [];
  }

  /** Whether a flush may have something to do: entries wait for their numbers, or a peer for entries. */
  get wantsFlush(): boolean {
    return this.#backlog.length > 0 || this.#dispatch.hasDue(this.#lastSentTo);
  }

  /** The last entry that every peer has been sent, but for those who are far behind. */
  sentToAll(): OrderNumber {
    const { log } = this.#state;
    let sentToAll = log.last;
    for (const peer of this.#state.viewPeers()) {
      const sent = this.#lastSentTo(peer);
      if (sent < sentToAll && log.bytesAfter(sent) < 2 * limits.trailingBytesMax) sentToAll = sent;
    }
    return sentToAll;
  }

  /** When a trailing peer is to be sent what waits for it. */
  nextDeadline(): Milliseconds | undefined {
    return this.#dispatch.nextDeadline();
  }

  #order(): void {
    const view = this.#state.view!;
    if (this.#backlog.length === 0) {
      this.#blockedSince = undefined;
      return;
    }
    if (!isQuorum(view, (peer) => peer === this.#state.self || !this.#detector.suspects(peer))) return;
    while (this.#backlog.length > 0 && !this.#windowIsShut()) {
      const run = this.#backlog.shift()!;
      this.#state.append(run);
      this.#dispatch.submitted(run.sender);
    }
    this.#receipts.note(this.#state.self, this.#state.log.last);
    if (this.#backlog.length === 0) this.#blockedSince = undefined;
    else this.#blockedSince ??= this.#state.now;
  }

  #windowIsShut(): boolean {
    for (const { incarnation } of this.#state.view!.members) {
      if (!this.#detector.suspects(incarnation) && this.#blocks(incarnation)) return true;
    }
    return false;
  }

  #blocks(peer: IncarnationId): boolean {
    const log = this.#state.log;
    const received = this.#receipts.receivedBy(peer);
    const executed = peer === this.#state.self ? this.#state.executed : this.#receipts.executedBy(peer);
    return (
      log.last - received >= limits.windowEntriesMax ||
      log.bytesAfter(received) >= limits.windowBytesMax ||
      log.last - executed >= limits.executionEntriesMax
    );
  }

  #sendOrders(): void {
    const chosen = this.#dispatch.choose(this.#lastSentTo).filter(this.#hasCredit);
    if (chosen.length === 0) return;
    // Most times it is one.
    if (chosen.length === 1) this.#sendFrom(this.#lastSentTo(chosen[0]!), chosen);
    else for (const [sent, peers] of this.#groupBySent(chosen)) this.#sendFrom(sent, peers);
  }

  #groupBySent(chosen: readonly IncarnationId[]): ReadonlyMap<OrderNumber, IncarnationId[]> {
    const groups = new Map<OrderNumber, IncarnationId[]>();
    for (const peer of chosen) {
      const sent = this.#lastSentTo(peer);
      const group = groups.get(sent);
      if (group === undefined) groups.set(sent, [peer]);
      else group.push(peer);
    }
    return groups;
  }

  readonly #lastSentTo = (peer: IncarnationId): OrderNumber => this.#sentTo.get(peer) ?? this.#state.view!.start;

  #sendFrom(sent: OrderNumber, peers: readonly IncarnationId[]): void {
    const first = (sent + 1) as OrderNumber;
    const runs = this.#state.log.slice(first, this.#state.log.last, limits.windowBytesMax);
    const last = (sent + countEntries(runs)) as OrderNumber;
    const { view, stable } = this.#state;
    this.#state.send(peers, { kind: 'order', view: view!.number, first, runs, stable });
    for (const peer of peers) this.#sentTo.set(peer, last);
  }

  /** A peer that is far behind (a learner, mostly) is sent a window at a time, so that it cannot fill our memory. */
  readonly #hasCredit = (peer: IncarnationId): boolean => {
    const sent = this.#lastSentTo(peer);
    const received = this.#receipts.receivedBy(peer);
    if (sent <= received) return true;
    const log = this.#state.log;
    return (
      sent - received < limits.windowEntriesMax &&
      log.bytesAfter(received) - log.bytesAfter(sent) < limits.windowBytesMax
    );
  };
}
