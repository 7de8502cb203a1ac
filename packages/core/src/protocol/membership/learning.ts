import type { IncarnationId, Milliseconds, OrderNumber } from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import { limits } from '../limits.js';
import type { Entries, Fetch } from '../messages.js';
import { appendNew, countEntries, joinRuns } from '../order/entry-run.js';

/**
 * How a learner gets what was ordered before its view: it asks one member at a time for history, on a lane of its own, while
 * the order of its view gathers behind the gap. Also answers who asks.
 */
export class Learning {
  readonly #state: GroupState;
  #donor: IncarnationId | undefined;
  #askedAt: Milliseconds = 0;
  /** Donors that did not answer, passed over until all have been tried. */
  readonly #tried = new Set<IncarnationId>();

  constructor(state: GroupState) {
    this.#state = state;
  }

  /** History up to the view's start is complete: the log and the order of this view are one piece. */
  get isComplete(): boolean {
    return this.#state.view !== undefined && this.#state.log.last >= this.#state.view.start;
  }

  /** The learner has few stable entries left to execute. */
  get hasCaughtUp(): boolean {
    return this.isComplete && this.#state.stable - this.#state.executed <= limits.promotionLagEntriesMax;
  }

  begin(): void {
    this.#tried.clear();
    this.#ask();
  }

  linkDown(peer: IncarnationId): void {
    if (peer === this.#donor) this.#giveUpDonor();
  }

  /** Time has passed: a donor that does not answer is replaced. */
  tick(): void {
    if (this.#state.phase !== 'learner' || this.isComplete) return;
    if (this.#donor === undefined) this.#ask();
    else if (this.#state.now - this.#askedAt >= this.#state.settings.timing.suspectAfterMs) this.#giveUpDonor();
  }

  /** Whether the log still begins with the first entry; a joiner is told otherwise. */
  mayFill(joiner: IncarnationId): boolean {
    const { log, view } = this.#state;
    if (log.first === 1) return true;
    const reason = 'the order log outgrew its limit (limits.historyBytes), so nobody can join by replay any more';
    this.#state.send(joiner, { kind: 'excluded', view: view!.number, reason });
    return false;
  }

  onFetch(peer: IncarnationId, { from, to }: Fetch, lane: 'main' | 'transfer'): void {
    const last = Math.min(to, this.#state.held) as OrderNumber;
    if (from > last || (from < this.#state.log.first && !this.mayFill(peer))) return;
    const runs = joinRuns(this.#state.slice(from, last, limits.fetchBytesMax));
    const through = (from + countEntries(runs) - 1) as OrderNumber;
    this.#state.send(peer, { kind: 'entries', first: from, runs, through }, lane);
  }

  /** History arrived. Everything before the view's start is stable, so whichever donor sent it, it is the same. */
  onEntries(peer: IncarnationId, { first, runs, through }: Entries): void {
    const state = this.#state;
    if (this.isComplete || first > state.log.last + 1) return;
    const room = state.view!.start - first + 1;
    if (countEntries(runs) > room) return state.report('warn', 'drop-entries', { peer, first });
    appendNew(first, runs, state.log.last, (run) => state.append(run));
    this.#askedAt = state.now;
    if (!this.isComplete) return state.log.last < through ? undefined : this.#ask();
    this.#donor = undefined;
    state.unstage(Infinity as OrderNumber);
  }

  #ask(): void {
    const state = this.#state;
    if (this.isComplete) return;
    this.#donor = this.#chooseDonor();
    if (this.#donor === undefined) return;
    this.#askedAt = state.now;
    const from = (state.log.last + 1) as OrderNumber;
    state.send(this.#donor, { kind: 'fetch', from, to: state.view!.start }, 'transfer');
  }

  #giveUpDonor(): void {
    this.#state.report('info', 'donor-lost', { donor: this.#donor ?? '', received: this.#state.log.last });
    if (this.#donor !== undefined) this.#tried.add(this.#donor);
    this.#ask();
  }

  /** The member of the highest rank, which has the least to do; the one in use as long as it answers. */
  #chooseDonor(): IncarnationId | undefined {
    const linked = this.#state.memberPeers().reverse();
    if (this.#donor !== undefined && linked.includes(this.#donor) && !this.#tried.has(this.#donor)) return this.#donor;
    if (linked.every((peer) => this.#tried.has(peer))) this.#tried.clear();
    return linked.find((peer) => !this.#tried.has(peer));
  }
}
