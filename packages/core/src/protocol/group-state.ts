import type {
  EntryRun,
  IncarnationId,
  Milliseconds,
  OrderNumber,
  SubmissionNumber,
  View,
  ViewMember,
} from '@lockstep/contracts';
import { EffectList } from './effect-list.js';
import { invariant } from './invariant.js';
import type { GroupSettings, MemberEffect, MemberSnapshot, Report } from './member-io.js';
import { rankOf } from './membership/quorum.js';
import type { Lane, PeerMessage, Status } from './messages.js';
import { appendNew, countEntries, lastSubmission } from './order/entry-run.js';
import { segmentBytesFor } from './order/history.js';
import { OrderLog } from './order/order-log.js';
import { Submissions } from './order/submissions.js';

/**
 * What the parts of a member share: the view, the log, who is linked, and the effects that gather during one step. It
 * decides nothing.
 */
export class GroupState {
  readonly self: IncarnationId;
  readonly description: ViewMember;
  readonly settings: GroupSettings;
  readonly submissions: Submissions;
  phase: MemberSnapshot['state'] = 'blank';
  view: View | undefined;
  /** This member's rank in the view, or -1. */
  rank = -1;
  /** Has promised to a view change, and accepts no further order in this view, for good. */
  wedged = false;
  /** Asked to leave. */
  leaving = false;
  /** The contiguous entries from the first one kept. */
  readonly log: OrderLog;
  /** Entries held beyond the log, not received in the sense of the protocol: for a view change, or ahead of history. */
  staged: OrderLog | undefined;
  /** For each sender, the last of its submissions that is in the log. */
  readonly lastSubmissions = new Map<IncarnationId, SubmissionNumber>();
  stable = 0 as OrderNumber;
  executed = 0 as OrderNumber;
  readonly linked = new Set<IncarnationId>();
  /** The last status of each linked peer. */
  readonly statuses = new Map<IncarnationId, Status>();
  now: Milliseconds = 0;
  readonly #effects = new EffectList<MemberEffect>();

  constructor(description: ViewMember, settings: GroupSettings) {
    this.self = description.incarnation;
    this.description = description;
    this.settings = settings;
    this.submissions = new Submissions(this.self);
    this.log = this.newLog(1 as OrderNumber);
  }

  /** @param first the order number that the first entry gets */
  newLog(first: OrderNumber): OrderLog {
    return new OrderLog(first, segmentBytesFor(this.settings.historyBytesMax));
  }

  get sequencer(): IncarnationId | undefined {
    return this.view?.members[0]?.incarnation;
  }

  get isSequencer(): boolean {
    return this.rank === 0;
  }

  /** The last entry held without a gap, staged ones included. */
  get held(): OrderNumber {
    const staged = this.staged;
    return staged !== undefined && staged.first <= this.log.last + 1 && staged.last > this.log.last
      ? staged.last
      : this.log.last;
  }

  append(run: EntryRun): void {
    this.log.append(run);
    const last = lastSubmission(run);
    this.lastSubmissions.set(run.sender, last);
    if (run.sender === this.self) this.submissions.ordered(last);
  }

  /** Entries `from` to `to`, from the log and from what is staged behind it, as far as they are held. */
  slice(from: OrderNumber, to: OrderNumber, bytesMax?: number): EntryRun[] {
    const logged = this.log.slice(from, Math.min(to, this.log.last) as OrderNumber, bytesMax);
    if (to <= this.log.last || this.held === this.log.last || (bytesMax !== undefined && logged.length > 0))
      return logged;
    const next = Math.max(from, this.log.last + 1) as OrderNumber;
    return logged.concat(this.staged!.slice(next, Math.min(to, this.held) as OrderNumber, bytesMax));
  }

  /** Keeps entries that follow what is held, without receiving them in the sense of the protocol. */
  stage(first: OrderNumber, runs: readonly EntryRun[]): void {
    if (first > this.held + 1 || first + countEntries(runs) - 1 <= this.held) return;
    if (this.staged === undefined || this.staged.last <= this.log.last) {
      this.staged = this.newLog((this.log.last + 1) as OrderNumber);
    }
    appendNew(first, runs, this.staged.last, (run) => this.staged!.append(run));
  }

  /** Moves what is staged right behind the log into it, up to `through`, and forgets the rest. */
  unstage(through: OrderNumber): void {
    const { staged, held } = this;
    if (staged !== undefined && held > this.log.last) {
      const first = (this.log.last + 1) as OrderNumber;
      for (const run of staged.slice(first, Math.min(through, held) as OrderNumber)) this.append(run);
    }
    this.staged = undefined;
  }

  /** Drops the log behind `last`; only a learner does that, with entries that it has not executed. */
  truncate(last: OrderNumber): void {
    if (this.log.last <= last) return;
    const dropped = this.log.slice((last + 1) as OrderNumber, this.log.last);
    for (const run of dropped.reverse()) {
      this.lastSubmissions.set(run.sender, (run.firstSubmission - 1) as SubmissionNumber);
    }
    this.log.truncate(last);
  }

  /** Everybody else in the view who is linked: members and learners. */
  viewPeers(): IncarnationId[] {
    const peers: IncarnationId[] = [];
    if (this.view === undefined) return peers;
    for (const { incarnation } of this.view.members) if (this.#isLinkedPeer(incarnation)) peers.push(incarnation);
    for (const { incarnation } of this.view.learners) if (this.#isLinkedPeer(incarnation)) peers.push(incarnation);
    return peers;
  }

  /** Every other member of the view who is linked. */
  memberPeers(): IncarnationId[] {
    return this.view === undefined
      ? []
      : this.view.members.map((m) => m.incarnation).filter((m) => this.#isLinkedPeer(m));
  }

  isMember(incarnation: IncarnationId): boolean {
    return this.view !== undefined && rankOf(this.view, incarnation) >= 0;
  }

  /** Sends to those of the receivers who are linked; a link that comes up later begins with a status instead. */
  send(to: IncarnationId | readonly IncarnationId[], message: PeerMessage, lane: Lane = 'main'): void {
    const receivers = this.#linkedOf(typeof to === 'string' ? [to] : to);
    if (receivers.length > 0) this.#effects.add({ kind: 'send', to: receivers, lane, message });
  }

  emit(effect: MemberEffect): void {
    this.#effects.add(effect);
  }

  report(level: Report['level'], event: string, fields: Report['fields']): void {
    this.#effects.add({ kind: 'report', level, event, fields });
  }

  /** Ends this incarnation: nothing is handed over any more. */
  stop(reason: string, left: boolean): void {
    invariant(this.phase !== 'stopped', 'an incarnation ends once');
    this.phase = 'stopped';
    this.emit({ kind: 'excluded', reason, left });
  }

  takeEffects(): readonly MemberEffect[] {
    return this.#effects.take();
  }

  /** All of them, mostly. */
  #linkedOf(peers: readonly IncarnationId[]): readonly IncarnationId[] {
    for (const peer of peers) if (!this.linked.has(peer)) return peers.filter((each) => this.linked.has(each));
    return peers;
  }

  #isLinkedPeer(incarnation: IncarnationId): boolean {
    return incarnation !== this.self && this.linked.has(incarnation);
  }
}
