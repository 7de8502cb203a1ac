import type { IncarnationId, Milliseconds, View } from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import { isHalf, isQuorum, rankOf } from './quorum.js';

/**
 * Whom this member suspects, and who says that it suspects whom. Silence, proof of death and a laggard's verdict make a
 * suspicion; any traffic ends the first two.
 */
export class FailureDetector {
  readonly #state: GroupState;
  readonly #lastHeard = new Map<IncarnationId, Milliseconds>();
  /** Proven dead: its address refuses connections, or another incarnation answers there. */
  readonly #gone = new Set<IncarnationId>();
  readonly #laggards = new Set<IncarnationId>();
  /** What other members of this view suspect, by their own word. */
  readonly #accusations = new Map<IncarnationId, readonly IncarnationId[]>();
  #announced = '';

  constructor(state: GroupState) {
    this.#state = state;
  }

  /** A view was installed: everybody in it gets the full time again, except who is proven dead. */
  reset(view: View): void {
    this.#lastHeard.clear();
    for (const { incarnation } of [...view.members, ...view.learners])
      this.#lastHeard.set(incarnation, this.#state.now);
    this.#laggards.clear();
    this.#accusations.clear();
    this.#announced = '';
  }

  heard(peer: IncarnationId): void {
    this.#lastHeard.set(peer, this.#state.now);
  }

  /** A link to this very incarnation came up: it lives after all. */
  linkUp(peer: IncarnationId): void {
    this.#gone.delete(peer);
    this.heard(peer);
  }

  gone(peer: IncarnationId): void {
    this.#gone.add(peer);
  }

  lags(peer: IncarnationId): void {
    this.#laggards.add(peer);
  }

  /** A laggard is left out as long as the others can decide without it. If they cannot any more, it is better than nobody. */
  pardonLaggards(): void {
    const { view } = this.#state;
    if (this.#laggards.size === 0 || view === undefined) return;
    if (!isQuorum(view, (peer) => !this.suspects(peer))) this.#laggards.clear();
  }

  isGone(peer: IncarnationId): boolean {
    return this.#gone.has(peer);
  }

  isLaggard(peer: IncarnationId): boolean {
    return this.#laggards.has(peer);
  }

  /** This process stood still: nobody's silence during that time counts. */
  forgiveSilence(): void {
    for (const peer of this.#lastHeard.keys()) this.#lastHeard.set(peer, this.#state.now);
  }

  accused(by: IncarnationId, targets: readonly IncarnationId[]): void {
    if (targets.length === 0) this.#accusations.delete(by);
    else this.#accusations.set(by, targets);
  }

  /** By this member's own judgement. */
  suspects(peer: IncarnationId): boolean {
    if (peer === this.#state.self) return false;
    if (this.#gone.has(peer) || this.#laggards.has(peer)) return true;
    return (
      this.#state.now >= (this.#lastHeard.get(peer) ?? this.#state.now) + this.#state.settings.timing.suspectAfterMs
    );
  }

  /**
   * As `suspects`, and in addition whoever of a higher rank accuses this member: the link between the two is of no use
   * whichever side noticed it, and the one of the higher rank gives way.
   */
  discounts(peer: IncarnationId): boolean {
    if (this.suspects(peer)) return true;
    const view = this.#state.view;
    if (view === undefined || rankOf(view, peer) < this.#state.rank) return false;
    return this.#accusations.get(peer)?.includes(this.#state.self) ?? false;
  }

  /** Of each pair of others who cannot hear one another, the one of the higher rank. */
  losersOfQuarrels(): IncarnationId[] {
    const view = this.#state.view;
    const losers = new Set<IncarnationId>();
    if (view === undefined) return [];
    for (const [by, targets] of this.#accusations) {
      for (const target of targets) {
        if (target === this.#state.self || this.discounts(by) || this.discounts(target)) continue;
        const ranks = [rankOf(view, by), rankOf(view, target)];
        if (Math.min(...ranks) < 0) continue;
        losers.add(view.members[Math.max(...ranks)]!.incarnation);
      }
    }
    return [...losers].sort();
  }

  /** The members suspected now, if that has changed since the last call; the caller tells the others. */
  changedSuspicions(): IncarnationId[] | undefined {
    const suspected = this.suspectedMembers();
    const summary = suspected.join(' ');
    if (summary === this.#announced) return undefined;
    this.#announced = summary;
    return suspected;
  }

  suspectedMembers(): IncarnationId[] {
    return (this.#state.view?.members ?? []).map((member) => member.incarnation).filter((peer) => this.suspects(peer));
  }

  /** Whether those it hears could decide with it what comes next. With a fence, half of a view could not yet. */
  get hearsQuorum(): boolean {
    const { view, settings } = this.#state;
    if (view === undefined) return false;
    const hears = (peer: IncarnationId): boolean => !this.suspects(peer);
    return isQuorum(view, hears) && !(settings.fence && isHalf(view, hears));
  }

  /** When the next silence becomes a suspicion. */
  nextDeadline(): Milliseconds | undefined {
    let earliest: Milliseconds | undefined;
    for (const [peer, heard] of this.#lastHeard) {
      if (peer === this.#state.self || this.suspects(peer)) continue;
      const deadline = heard + this.#state.settings.timing.suspectAfterMs;
      if (earliest === undefined || deadline < earliest) earliest = deadline;
    }
    return earliest;
  }
}
