import type { IncarnationId, Milliseconds, OrderNumber, View } from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import { invariant } from '../invariant.js';
import type { Excluded, Status } from '../messages.js';
import type { OrderFlow } from '../order/order-flow.js';
import type { Learning } from './learning.js';
import { lists, rankOf } from './quorum.js';

/** Brings decided views into effect, here and on peers that have missed them. */
export class Installation {
  readonly #state: GroupState;
  readonly #flow: OrderFlow;
  readonly #learning: Learning;
  readonly #beginView: (view: View) => void;
  /** A view that this process is a member of, and lacks entries for. */
  #incomplete: { readonly view: View; source: IncarnationId } | undefined;
  /** The view that this member has decided and is not in: it stays until the others have it, but not for ever. */
  #departure: { readonly view: View; readonly until: Milliseconds } | undefined;

  /** Why this process was last refused as a joiner. */
  #refusal = '';

  /** @param beginView resets what belongs to one view only */
  constructor(state: GroupState, flow: OrderFlow, learning: Learning, beginView: (view: View) => void) {
    this.#state = state;
    this.#flow = flow;
    this.#learning = learning;
    this.#beginView = beginView;
  }

  /** This member's ballot has decided the next view: tell everybody whom it concerns. */
  decided(view: View): void {
    const state = this.#state;
    const others = state.viewPeers();
    for (const { incarnation } of view.learners) if (!others.includes(incarnation)) others.push(incarnation);
    for (const peer of others) {
      if (peer !== state.self) this.#tell(peer, view);
    }
    if (lists(view, state.self)) return this.install(view);
    this.#departure = { view, until: state.now + state.settings.timing.suspectAfterMs };
  }

  onInstall(peer: IncarnationId, view: View): void {
    const state = this.#state;
    if (view.number <= (state.view?.number ?? 0)) return;
    if (state.view !== undefined && state.view.genesis !== view.genesis) {
      return state.report('warn', 'drop-foreign-view', { peer, genesis: view.genesis });
    }
    if (!lists(view, state.self)) {
      if (state.view !== undefined) this.#end(`view ${view.number} was formed without this member`);
      return;
    }
    if (rankOf(view, state.self) >= 0 && state.held < view.start) {
      this.#incomplete = { view, source: peer };
      return this.#fetch();
    }
    this.install(view);
  }

  onExcluded(peer: IncarnationId, { view, reason }: Excluded): void {
    const { phase } = this.#state;
    if (phase === 'blank' || phase === 'joining') return this.#reportRefusal(peer, reason);
    if (view >= this.#state.view!.number) this.#end(reason);
  }

  /** A peer says where it stands. Whoever is behind is told the view, or that it is outside. */
  onStatus(peer: IncarnationId, status: Status): void {
    const state = this.#state;
    state.statuses.set(peer, status);
    if (state.view === undefined) {
      return this.lookForGroup();
    }
    if (this.#departure !== undefined) return this.#tell(peer, this.#departure.view);
    if (status.genesis === '') {
      if (lists(state.view, peer)) this.#tell(peer, state.view);
    } else if (status.genesis !== state.view.genesis) {
      state.report('warn', 'foreign-group', { peer, genesis: status.genesis });
    } else if (status.view < state.view.number) {
      this.#tell(peer, state.view);
    } else if (status.view === state.view.number) {
      this.#flow.onStatus(peer, status);
    } else {
      // Whoever has decided that view may have died before it told us; the peer answers an older status with the view.
      state.send(peer, this.#flow.status(peer));
    }
  }

  /** The sender acts in a view that is over. */
  correct(peer: IncarnationId): void {
    this.#tell(peer, this.#departure?.view ?? this.#state.view!);
  }

  /** Blank processes join a group if they know of one; the group that a process wanted to join may be gone again. */
  lookForGroup(): void {
    const state = this.#state;
    if (state.phase !== 'blank' && state.phase !== 'joining') return;
    const inside = [...state.linked].filter((peer) => (state.statuses.get(peer)?.genesis ?? '') !== '');
    state.phase = inside.length > 0 ? 'joining' : 'blank';
    state.send(inside.sort(), { kind: 'join', joiner: state.description });
  }

  linkUp(peer: IncarnationId): void {
    if (this.#incomplete?.source === peer) this.#fetch();
  }

  /** Entries arrived: the view may be complete, or the rest must be asked for. */
  entriesArrived(): void {
    const incomplete = this.#incomplete;
    if (incomplete === undefined) return;
    if (this.#state.held >= incomplete.view.start) this.install(incomplete.view);
    else this.#fetch();
  }

  /** Time has passed: whoever the missing entries were asked from may have died; every member of the view has them. */
  tick(): void {
    const incomplete = this.#incomplete;
    if (incomplete === undefined || this.#state.linked.has(incomplete.source)) return;
    const source = incomplete.view.members.find(({ incarnation }) => this.#state.linked.has(incarnation));
    if (source === undefined) return;
    incomplete.source = source.incarnation;
    this.#fetch();
  }

  /** A member that has decided a view without itself goes once all the others have installed it, or time is up. */
  completeDeparture(): void {
    const departure = this.#departure;
    if (departure === undefined) return;
    const { statuses, linked, now } = this.#state;
    const others = departure.view.members.filter(({ incarnation }) => linked.has(incarnation));
    const arrived = others.every(({ incarnation }) => (statuses.get(incarnation)?.view ?? 0) >= departure.view.number);
    if (arrived || now >= departure.until) this.#end('view decided without this member');
  }

  /** Puts a view into effect; everything before it is held. */
  install(view: View): void {
    const state = this.#state;
    const isMember = rankOf(view, state.self) >= 0;
    this.#incomplete = undefined;
    if (isMember) this.#completeLog(view);
    else this.#keepStableLog();
    state.view = view;
    state.rank = rankOf(view, state.self);
    state.phase = isMember ? 'member' : 'learner';
    state.wedged = false;
    if (!isMember && state.log.last < view.start) state.staged = state.newLog((view.start + 1) as OrderNumber);
    if (isMember)
      for (const sender of state.lastSubmissions.keys()) if (!lists(view, sender)) state.lastSubmissions.delete(sender);
    this.#beginView(view);
    state.report('info', 'view', {
      view: view.number,
      start: view.start,
      members: view.members.map((member) => member.incarnation),
      learners: view.learners.map((learner) => learner.incarnation),
    });
    this.#flow.install();
    state.emit({ kind: 'view', view, role: isMember ? 'member' : 'learner' });
    if (!isMember) this.#learning.begin();
  }

  #completeLog(view: View): void {
    const state = this.#state;
    if (state.phase === 'learner') state.truncate(view.start);
    invariant(state.log.last <= view.start, 'no member of a view has received past its start');
    state.unstage(view.start);
    invariant(state.log.last === view.start, 'a member installs a view when it holds everything before it');
  }

  /** A learner's unstable entries may be among those that the group has dropped. */
  #keepStableLog(): void {
    const state = this.#state;
    state.staged = undefined;
    state.truncate(Math.min(state.log.last, state.stable) as OrderNumber);
  }

  #fetch(): void {
    const { view, source } = this.#incomplete!;
    this.#state.send(source, { kind: 'fetch', from: (this.#state.held + 1) as OrderNumber, to: view.start });
  }

  #tell(peer: IncarnationId, view: View): void {
    if (lists(view, peer)) this.#state.send(peer, { kind: 'install', view });
    else
      this.#state.send(peer, {
        kind: 'excluded',
        view: view.number,
        reason: `view ${view.number} was formed without it`,
      });
  }

  /** The question is repeated with every heartbeat; the answer is worth a line only when it is new. */
  #reportRefusal(peer: IncarnationId, reason: string): void {
    if (reason === this.#refusal) return;
    this.#refusal = reason;
    this.#state.report('warn', 'not-admitted', { peer, reason });
  }

  #end(reason: string): void {
    if (this.#state.phase !== 'stopped') this.#state.stop(reason, this.#state.leaving);
  }
}
