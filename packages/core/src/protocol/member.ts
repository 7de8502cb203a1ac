import { memberNameOf, type IncarnationId, type Milliseconds, type ViewMember } from '@lockstep/contracts';
import { earliest } from './earliest.js';
import { GroupState } from './group-state.js';
import { invariant } from './invariant.js';
import { limits } from './limits.js';
import type { GroupSettings, MemberEffect, MemberInput, MemberSnapshot } from './member-io.js';
import { Acceptor } from './membership/acceptor.js';
import { Agenda } from './membership/agenda.js';
import { Candidate } from './membership/candidate.js';
import { FailureDetector } from './membership/failure-detector.js';
import { Genesis } from './membership/genesis.js';
import { Installation } from './membership/installation.js';
import { Learning } from './membership/learning.js';
import { isQuorum, lists } from './membership/quorum.js';
import { MessageRouter } from './message-router.js';
import { OrderFlow } from './order/order-flow.js';

/**
 * One member of the group: membership and total order, as a pure state machine (PROTOCOL.md). It has one door; whoever
 * drives it owns the links and one timer, and executes the effects strictly in their order.
 */
export class Member {
  readonly #state: GroupState;
  readonly #detector: FailureDetector;
  readonly #flow: OrderFlow;
  readonly #agenda: Agenda;
  readonly #acceptor: Acceptor;
  readonly #candidate: Candidate;
  readonly #genesis: Genesis;
  readonly #learning: Learning;
  readonly #installation: Installation;
  readonly #router: MessageRouter;
  #nextBeatAt: Milliseconds = 0;
  #started = false;
  #quorumAnnounced = true;

  /** @param description who this is; `settings.members` lists its name with the same role */
  constructor(description: ViewMember, settings: GroupSettings) {
    const self = settings.members.find((member) => member.name === memberNameOf(description.incarnation));
    invariant(self !== undefined && self.witness === description.witness, 'a member is configured');
    invariant(settings.members.length <= limits.membersMax, `at most ${limits.membersMax} members are configured`);
    const state = new GroupState(description, settings);
    this.#state = state;
    this.#detector = new FailureDetector(state);
    this.#flow = new OrderFlow(state, this.#detector);
    this.#agenda = new Agenda(state, this.#detector);
    this.#acceptor = new Acceptor(state, this.#detector);
    this.#candidate = new Candidate(state, this.#detector, this.#agenda, this.#acceptor, (view) =>
      this.#installation.decided(view),
    );
    this.#learning = new Learning(state);
    this.#installation = new Installation(state, this.#flow, this.#learning, (view) => {
      this.#detector.reset(view);
      this.#acceptor.reset();
      this.#candidate.reset();
      this.#agenda.reset();
    });
    this.#genesis = new Genesis(state, (view) => this.#installation.install(view));
    this.#router = new MessageRouter(state, {
      detector: this.#detector,
      flow: this.#flow,
      agenda: this.#agenda,
      acceptor: this.#acceptor,
      candidate: this.#candidate,
      genesis: this.#genesis,
      learning: this.#learning,
      installation: this.#installation,
    });
  }

  /**
   * Takes one input and says what to do about it.
   *
   * @param now a monotonic clock; never goes back
   * @throws InvariantBroken: stop this replica, with a dump
   */
  step(input: MemberInput, now: Milliseconds): readonly MemberEffect[] {
    const state = this.#state;
    if (state.phase === 'stopped') return [];
    invariant(now >= state.now, 'time does not go back');
    if (now - state.now > state.settings.timing.suspectAfterMs / 2 && this.#started) this.#wakeUp(now);
    state.now = now;
    this.#take(input);
    return state.takeEffects();
  }

  /** When `step` wants a `tick` at the latest. */
  nextDeadline(): Milliseconds | undefined {
    if (!this.#started || this.#state.phase === 'stopped') return undefined;
    const ofViewChange = earliest(this.#acceptor.deferredUntil, this.#candidate.nextDeadline);
    const ofOrder = earliest(this.#nextBeatAt, this.#flow.sequencer.nextDeadline());
    return earliest(earliest(ofOrder, this.#detector.nextDeadline()), ofViewChange);
  }

  /** Whether a `flush` may have something to do. */
  get wantsFlush(): boolean {
    return this.#flow.wantsFlush;
  }

  snapshot(): MemberSnapshot {
    const { phase, self, view, rank, log, held, stable, executed, wedged } = this.#state;
    return {
      state: phase,
      incarnation: self,
      view,
      rank: rank < 0 ? undefined : rank,
      ordered: log.last,
      held,
      stable,
      executed,
      historyBytes: log.bytes,
      wedged,
      suspects: this.#detector.suspectedMembers(),
    };
  }

  #take(input: MemberInput): void {
    const state = this.#state;
    switch (input.kind) {
      case 'start':
        this.#started = true;
        this.#nextBeatAt = state.now;
        if (input.bootstrap) this.#genesis.bootstrap();
        else this.#genesis.evaluate();
        return;
      case 'submit':
        for (const entry of input.entries)
          invariant(entry.length <= limits.entryBytesMax, 'an entry has a maximum size');
        return state.submissions.gather(input.entries);
      case 'executed':
        return this.#flow.executed(input.through);
      case 'flush':
        return this.#flow.flush();
      case 'receive':
        if (!state.linked.has(input.peer)) return;
        this.#detector.heard(input.peer);
        this.#router.receive(input.peer, input.messages);
        break;
      case 'link-up':
        this.#linkUp(input.peer);
        break;
      case 'link-down':
        this.#linkDown(input.peer);
        break;
      case 'gone':
        this.#detector.gone(input.peer);
        break;
      case 'leave':
        state.leaving = true;
        this.#leave();
        break;
      case 'fenced':
        this.#candidate.fenced(input.target, input.succeeded);
        break;
      case 'tick':
        this.#tick();
        break;
    }
    this.#settle(input.kind === 'receive');
  }

  /** What follows from a step: suspicions are told, view changes go on, entries are handed over. */
  #settle(onlyOrder: boolean): void {
    const state = this.#state;
    if (state.phase === 'member' && (!onlyOrder || this.#router.takeMembershipChanged())) {
      this.#detector.pardonLaggards();
      const suspected = this.#detector.changedSuspicions();
      if (suspected !== undefined) {
        state.report('info', 'suspect', { targets: suspected });
        state.send(state.memberPeers(), {
          kind: 'suspicion',
          view: state.view!.number,
          by: state.self,
          targets: suspected,
        });
      }
      this.#acceptor.reconsider();
      this.#candidate.evaluate();
      this.#installation.completeDeparture();
      this.#announceQuorum();
    }
    if (state.view !== undefined && state.phase !== 'stopped') this.#flow.settle();
  }

  /** A member that hears no quorum decides nothing; the others may go on without it, and it is not told before it hears them. */
  #announceQuorum(): void {
    const heard = this.#detector.hearsQuorum;
    if (heard === this.#quorumAnnounced || this.#state.phase !== 'member') return;
    this.#quorumAnnounced = heard;
    this.#state.emit({ kind: 'quorum', heard });
  }

  #linkUp(peer: IncarnationId): void {
    const state = this.#state;
    state.linked.add(peer);
    this.#detector.linkUp(peer);
    state.send(peer, this.#flow.status(peer));
    this.#candidate.linkUp(peer);
    this.#installation.linkUp(peer);
    if (state.leaving) this.#leave();
  }

  #linkDown(peer: IncarnationId): void {
    this.#state.linked.delete(peer);
    this.#state.statuses.delete(peer);
    this.#agenda.linkDown(peer);
    this.#learning.linkDown(peer);
    this.#installation.lookForGroup();
    this.#genesis.evaluate();
  }

  #leave(): void {
    const state = this.#state;
    const alone = state.phase === 'member' && state.view!.members.length === 1;
    if (alone || state.phase === 'blank' || state.phase === 'joining') return state.stop('left', true);
    state.send(state.memberPeers(), { kind: 'leave', view: state.view!.number });
    if (state.phase === 'learner') return state.stop('left', true);
    this.#agenda.leave(state.self);
  }

  #tick(): void {
    const state = this.#state;
    if (state.now < this.#nextBeatAt) return;
    this.#nextBeatAt = state.now + state.settings.timing.heartbeatMs;
    if (state.view !== undefined && state.now >= this.#flow.heartbeatAt) this.#flow.beat();
    for (const peer of state.linked) if (!this.#isInView(peer)) state.send(peer, this.#flow.status(peer));
    this.#installation.lookForGroup();
    if (state.phase === 'learner') this.#tickLearner();
    this.#installation.tick();
    if (state.phase !== 'member') return;
    if (state.leaving) this.#leave();
    if (state.isSequencer && !state.wedged) this.#judgeLaggards();
    this.#dissolveIfStillborn();
  }

  #tickLearner(): void {
    const state = this.#state;
    this.#learning.tick();
    if (!this.#learning.hasCaughtUp) return;
    const linked = state.memberPeers();
    state.send(linked, { kind: 'ready', view: state.view!.number, executed: state.executed, linked });
  }

  /** One slow replica must not stall the others: it is taken out of the view. */
  #judgeLaggards(): void {
    for (const peer of this.#flow.sequencer.laggards()) {
      this.#state.report('warn', 'laggard', { peer });
      if (peer === this.#state.self) this.#agenda.leave(peer);
      else this.#detector.lags(peer);
    }
  }

  /**
   * A first view whose other members died before they installed it can never order anything, and its sequencer knows that
   * nothing was ordered: it makes way for another genesis.
   */
  #dissolveIfStillborn(): void {
    const { view, log, isSequencer } = this.#state;
    if (!isSequencer || view!.number !== 1 || log.last > 0) return;
    if (isQuorum(view!, (peer) => !this.#detector.isGone(peer))) return;
    this.#state.stop('the first view lost its majority before anything was ordered', false);
  }

  /** This process stood still for long: what it did not hear meanwhile proves nothing. */
  #wakeUp(now: Milliseconds): void {
    this.#state.report('debug', 'stood-still', { milliseconds: Math.round(now - this.#state.now) });
    this.#state.now = now;
    this.#detector.forgiveSilence();
  }

  #isInView(peer: IncarnationId): boolean {
    return this.#state.view !== undefined && lists(this.#state.view, peer);
  }
}
