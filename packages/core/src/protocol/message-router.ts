import type { IncarnationId, View } from '@lockstep/contracts';
import type { GroupState } from './group-state.js';
import type { Lane, PeerMessage } from './messages.js';
import type { Acceptor } from './membership/acceptor.js';
import { isStarter, type Agenda } from './membership/agenda.js';
import type { Candidate } from './membership/candidate.js';
import type { FailureDetector } from './membership/failure-detector.js';
import type { Genesis } from './membership/genesis.js';
import type { Installation } from './membership/installation.js';
import type { Learning } from './membership/learning.js';
import { lists } from './membership/quorum.js';
import type { Entries, Suspicion } from './messages.js';
import type { OrderFlow } from './order/order-flow.js';

/** The parts of a member that messages go to. */
export interface Recipients {
  readonly detector: FailureDetector;
  readonly flow: OrderFlow;
  readonly agenda: Agenda;
  readonly acceptor: Acceptor;
  readonly candidate: Candidate;
  readonly genesis: Genesis;
  readonly learning: Learning;
  readonly installation: Installation;
}

/** A message that belongs to one view, and means nothing in another. */
type ViewMessage = Exclude<Extract<PeerMessage, { view: number }>, { kind: 'status' | 'excluded' }>;

/** Checks where a message belongs, and hands it to the part that it is for. What does not belong is dropped with a reason. */
export class MessageRouter {
  readonly #state: GroupState;
  readonly #to: Recipients;
  #membershipChanged = false;

  constructor(state: GroupState, recipients: Recipients) {
    this.#state = state;
    this.#to = recipients;
  }

  receive(peer: IncarnationId, messages: readonly PeerMessage[]): void {
    for (const message of messages) {
      if (this.#state.phase === 'stopped') return;
      this.#route(peer, message);
    }
  }

  /** Whether anything but the flow of order has come since the last call. */
  takeMembershipChanged(): boolean {
    const changed = this.#membershipChanged;
    this.#membershipChanged = false;
    return changed;
  }

  #route(peer: IncarnationId, message: PeerMessage): void {
    const { genesis, installation, learning, agenda } = this.#to;
    switch (message.kind) {
      case 'status':
        installation.onStatus(peer, message);
        genesis.evaluate();
        break;
      case 'join':
        if (message.joiner.incarnation !== peer) return this.#drop(peer, message, 'forged');
        if (this.#state.phase === 'member' && learning.mayFill(peer)) agenda.join(message.joiner);
        break;
      case 'install':
        installation.onInstall(peer, message.view);
        break;
      case 'excluded':
        installation.onExcluded(peer, message);
        break;
      case 'genesis':
        genesis.onGenesis(peer, message);
        break;
      case 'genesis-answer':
        genesis.onAnswer(peer, message);
        break;
      case 'fetch':
        if (this.#state.view !== undefined) learning.onFetch(peer, message, this.#laneOf(peer));
        return;
      case 'entries':
        this.#onEntries(peer, message);
        break;
      default:
        return this.#routeInView(peer, message);
    }
    this.#membershipChanged = true;
  }

  #routeInView(peer: IncarnationId, message: ViewMessage): void {
    const view = this.#state.view;
    if (view === undefined || message.view > view.number) return this.#drop(peer, message, 'view-ahead');
    if (message.view < view.number) {
      if (message.kind === 'prepare' || message.kind === 'accept' || message.kind === 'leave')
        this.#to.installation.correct(peer);
      return this.#drop(peer, message, 'view-over');
    }
    if (!lists(view, peer)) return this.#drop(peer, message, 'outside');
    const { flow } = this.#to;
    if (message.kind === 'order') return flow.onOrder(peer, message);
    if (message.kind === 'receipt') return flow.onReceipt(peer, message);
    if (message.kind === 'ready') {
      if (this.#state.phase === 'member') this.#to.agenda.ready(peer, message);
    } else if (message.kind === 'leave') {
      if (this.#state.phase === 'member') this.#to.agenda.leave(peer);
    } else {
      if (this.#state.phase !== 'member' || !this.#state.isMember(peer))
        return this.#drop(peer, message, 'not-among-members');
      if (message.kind === 'submit') return flow.onSubmit(peer, message);
      this.#routeToConsensus(peer, message);
    }
    this.#membershipChanged = true;
  }

  #routeToConsensus(
    peer: IncarnationId,
    message: Exclude<ViewMessage, { kind: 'order' | 'receipt' | 'ready' | 'leave' | 'submit' }>,
  ): void {
    const { acceptor, candidate } = this.#to;
    switch (message.kind) {
      case 'suspicion':
        return this.#onSuspicion(peer, message);
      case 'prepare':
        return acceptor.onPrepare(peer, message);
      case 'prepare-refused':
        return candidate.onRefused(peer, message);
      case 'promise':
        return candidate.onPromise(peer, message);
      case 'accept':
        return acceptor.onAccept(peer, message);
      case 'accepted':
        return candidate.onAccepted(peer, message);
    }
  }

  /** Notes who suspects whom, and tells the member that must act on it, which may not hear the accuser itself. */
  #onSuspicion(peer: IncarnationId, message: Suspicion): void {
    const { detector } = this.#to;
    if (!this.#state.isMember(message.by)) return;
    detector.accused(message.by, message.targets);
    if (message.by !== peer || isStarter(this.#state, detector)) return;
    const starter = this.#state.view!.members.find(
      ({ incarnation }) => incarnation !== peer && incarnation !== this.#state.self && !detector.discounts(incarnation),
    );
    if (starter !== undefined) this.#state.send(starter.incarnation, message);
  }

  /** Entries are history for a learner that lacks it; otherwise they are for a view change. */
  #onEntries(peer: IncarnationId, message: Entries): void {
    const { learning, acceptor, candidate, installation } = this.#to;
    if (this.#state.view === undefined) return;
    if (this.#state.phase === 'learner' && !learning.isComplete) return learning.onEntries(peer, message);
    this.#state.stage(message.first, message.runs);
    if (this.#state.held < message.through) return;
    installation.entriesArrived();
    acceptor.entriesArrived();
    candidate.entriesArrived();
  }

  /** A learner without complete history asks on its own connection; whoever asks during a view change cannot wait. */
  #laneOf(peer: IncarnationId): Lane {
    const view: View = this.#state.view!;
    return view.learners.some((learner) => learner.incarnation === peer) ? 'transfer' : 'main';
  }

  #drop(peer: IncarnationId, message: PeerMessage, reason: string): void {
    this.#state.report('debug', 'drop-message', { peer, message: message.kind, reason });
  }
}
