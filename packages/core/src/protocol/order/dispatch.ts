import type { IncarnationId, Milliseconds, OrderNumber } from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import { limits } from '../limits.js';
import type { FailureDetector } from '../membership/failure-detector.js';
import { majorityOf } from '../membership/quorum.js';
import type { Receipts } from './receipts.js';

/** One peer of the view, as the sequencer sees it. */
interface Peer {
  readonly incarnation: IncarnationId;
  readonly isMember: boolean;
  /** Some of what is ordered now is its own. */
  isSubmitter: boolean;
  /** When it last submitted something that was ordered. */
  submittedAt: Milliseconds;
  /** Since when it trails, and has not been sent all there is. */
  waitingSince: Milliseconds | undefined;
}

/**
 * Whom the sequencer sends the order at once. With its own log, majority - 1 receipts make an entry stable: the peers that
 * these are asked of are `prompt`, and so is whoever submitted one of the entries, for its clients wait. Nobody waits for the
 * others, the `trailing` ones: they may have the order a little later, in larger pieces, which spares them and the sequencer
 * most of the work that a message makes.
 *
 * It is a matter of pace only. Whoever trails is sent everything within `trailingMsMax`; within `hurriedMsMax` if the prompt ones
 * do not answer in time, so that it takes over by itself, or if it has clients, who may wait for what others have brought.
 */
export class Dispatch {
  readonly #state: GroupState;
  readonly #receipts: Receipts;
  readonly #detector: FailureDetector;
  /** By how soon they are asked, the first ones first; learners, whose receipts decide nothing, behind all others. */
  #peers: Peer[] = [];
  /** An entry that was the last one at some time, at which it began to be waited for, until it is stable. */
  #awaited = 0;
  #awaitedSince: Milliseconds = 0;

  constructor(state: GroupState, receipts: Receipts, detector: FailureDetector) {
    this.#state = state;
    this.#receipts = receipts;
    this.#detector = detector;
  }

  /** A view was installed. */
  reset(): void {
    const { view, self } = this.#state;
    const peerOf = (incarnation: IncarnationId, isMember: boolean): Peer => {
      return { incarnation, isMember, isSubmitter: false, submittedAt: -Infinity, waitingSince: undefined };
    };
    this.#awaited = 0;
    const members = view?.members.map(({ incarnation }) => peerOf(incarnation, true)) ?? [];
    const learners = view?.learners.map(({ incarnation }) => peerOf(incarnation, false)) ?? [];
    this.#peers = members.concat(learners).filter(({ incarnation }) => incarnation !== self);
  }

  /** An entry of this member was put in order. */
  submitted(by: IncarnationId): void {
    for (const peer of this.#peers) {
      if (peer.incarnation !== by) continue;
      peer.isSubmitter = true;
      peer.submittedAt = this.#state.now;
    }
  }

  /** Those who are to be sent the order now; it has entries that they have not been sent. */
  choose(sentTo: (peer: IncarnationId) => OrderNumber): readonly IncarnationId[] {
    const chosen: IncarnationId[] = [];
    this.#lookForAnswers();
    let missing = majorityOf(this.#state.view!) - 1 - this.#countAsked(sentTo);
    let reliable: Peer | undefined;
    for (const peer of this.#peers) {
      const { incarnation, isSubmitter } = peer;
      peer.isSubmitter = false;
      const sent = sentTo(incarnation);
      if (sent >= this.#state.log.last || !this.#state.linked.has(incarnation)) {
        peer.waitingSince = undefined;
        continue;
      }
      const isWanted = missing > 0 && !isSubmitter && this.#mayBeAsked(peer);
      if (isWanted) missing--;
      const isDue = this.#isDue(peer, sent);
      if (isDue && this.#receipts.receivedBy(incarnation) >= sent) reliable ??= peer;
      if (isSubmitter || isWanted || isDue) {
        chosen.push(incarnation);
        peer.waitingSince = undefined;
      } else peer.waitingSince ??= this.#state.now;
    }
    if (reliable !== undefined) this.#prefer(reliable, sentTo(reliable.incarnation));
    return chosen;
  }

  /** Whether somebody is to be sent something now. */
  hasDue(sentTo: (peer: IncarnationId) => OrderNumber): boolean {
    for (const peer of this.#peers) {
      const sent = sentTo(peer.incarnation);
      if (sent >= this.#state.log.last || !this.#state.linked.has(peer.incarnation)) continue;
      if (peer.waitingSince === undefined || this.#isDue(peer, sent)) return true;
    }
    return false;
  }

  /** When somebody is to be sent what waits, if no turn comes before. */
  nextDeadline(): Milliseconds | undefined {
    let earliest = Infinity;
    for (const peer of this.#peers) {
      const { incarnation, waitingSince } = peer;
      // Whoever is not linked is sent nothing, and says where it stands when it is linked again.
      if (waitingSince === undefined || !this.#state.linked.has(incarnation)) continue;
      earliest = Math.min(
        earliest,
        waitingSince + limits.trailingMsMax,
        this.#hurriedSince(peer) + limits.hurriedMsMax,
      );
    }
    return earliest === Infinity ? undefined : earliest;
  }

  /** How many who can make the newest entry stable have been sent it, or are now in any case. */
  #countAsked(sentTo: (peer: IncarnationId) => OrderNumber): number {
    let count = 0;
    for (const peer of this.#peers) {
      if (!this.#mayBeAsked(peer)) continue;
      if (peer.isSubmitter || sentTo(peer.incarnation) >= this.#state.log.last) count++;
    }
    return count;
  }

  #mayBeAsked({ incarnation, isMember }: Peer): boolean {
    return isMember && this.#state.linked.has(incarnation) && !this.#detector.suspects(incarnation);
  }

  #isDue(peer: Peer, sent: OrderNumber): boolean {
    const { now, log } = this.#state;
    if (peer.waitingSince !== undefined) {
      if (now - peer.waitingSince >= limits.trailingMs || now - this.#hurriedSince(peer) >= limits.hurriedMs)
        return true;
    }
    return log.bytesAfter(sent) >= limits.trailingBytesMax;
  }

  /** Since when a peer that waits is to be sent what there is soon; infinite if nobody waits for that. */
  #hurriedSince({ waitingSince, submittedAt }: Peer): Milliseconds {
    const { now, stable } = this.#state;
    if (now - submittedAt < limits.servingMs) return waitingSince!;
    return stable < this.#awaited ? Math.max(waitingSince!, this.#awaitedSince) : Infinity;
  }

  /** How long one entry takes to be stable tells whether the prompt ones answer in time, also where there is always another one. */
  #lookForAnswers(): void {
    const { now, stable, log } = this.#state;
    if (stable < this.#awaited) return;
    this.#awaited = log.last;
    this.#awaitedSince = now;
  }

  /** Who has everything that it was sent, which somebody before it has not, changes places with that one. */
  #prefer(peer: Peer, sent: OrderNumber): void {
    const slower = this.#peers.findIndex(({ incarnation }) => this.#receipts.receivedBy(incarnation) < sent);
    const own = this.#peers.indexOf(peer);
    if (slower < 0 || own < slower || !peer.isMember) return;
    this.#peers[own] = this.#peers[slower]!;
    this.#peers[slower] = peer;
  }
}
