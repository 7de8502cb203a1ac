import { memberNameOf, type IncarnationId, type OrderNumber, type ViewMember } from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import type { Ready, ViewChange } from '../messages.js';
import type { FailureDetector } from './failure-detector.js';
import { lists, rankOf } from './quorum.js';

/** What the next view is to change, gathered from all reasons there are, and who is in it. */
export class Agenda {
  readonly #state: GroupState;
  readonly #detector: FailureDetector;
  readonly #joiners = new Map<IncarnationId, ViewMember>();
  readonly #leavers = new Set<IncarnationId>();
  /** Learners that have caught up, with the members that they are linked with. */
  readonly #ready = new Map<IncarnationId, readonly IncarnationId[]>();

  constructor(state: GroupState, detector: FailureDetector) {
    this.#state = state;
    this.#detector = detector;
  }

  /** A view was installed: what it settled is forgotten; learners say again that they are ready. */
  reset(): void {
    const view = this.#state.view!;
    for (const joiner of this.#joiners.keys()) if (lists(view, joiner)) this.#joiners.delete(joiner);
    for (const leaver of this.#leavers) if (!lists(view, leaver)) this.#leavers.delete(leaver);
    this.#ready.clear();
  }

  join(joiner: ViewMember): void {
    if (lists(this.#state.view!, joiner.incarnation)) return;
    const configured = this.#state.settings.members.find((member) => member.name === memberNameOf(joiner.incarnation));
    if (configured === undefined || configured.witness !== joiner.witness) {
      this.#state.report('warn', 'drop-join', { joiner: joiner.incarnation });
      return;
    }
    this.#joiners.set(joiner.incarnation, joiner);
  }

  leave(leaver: IncarnationId): void {
    this.#leavers.add(leaver);
  }

  ready(learner: IncarnationId, message: Ready): void {
    this.#ready.set(learner, message.linked);
  }

  linkDown(peer: IncarnationId): void {
    this.#joiners.delete(peer);
    this.#ready.delete(peer);
  }

  /** Whether there is anything to change. */
  get hasItems(): boolean {
    const view = this.#state.view!;
    return (
      view.members.some(
        ({ incarnation }) => incarnation !== this.#state.self && this.#detector.discounts(incarnation),
      ) ||
      // The last member goes without a view change: nobody would be left to be in it.
      (view.members.length > 1 && view.members.some(({ incarnation }) => this.#leavers.has(incarnation))) ||
      view.learners.some((learner) => this.#isLost(learner.incarnation) || this.#isPromotable(learner)) ||
      this.#eligibleJoiners().length > 0 ||
      this.#detector.losersOfQuarrels().length > 0
    );
  }

  /**
   * The view that follows, if these have promised.
   *
   * @param promised members of the present view whose promises count; they hold or will be given everything up to `end`
   */
  compose(promised: ReadonlySet<IncarnationId>, end: OrderNumber): ViewChange {
    const view = this.#state.view!;
    const expelled = new Set(this.#detector.losersOfQuarrels());
    const stays = ({ incarnation }: ViewMember): boolean =>
      promised.has(incarnation) && !expelled.has(incarnation) && !this.#detector.isLaggard(incarnation);
    const remaining = view.members.filter(stays);
    const promoted = view.learners.filter((learner) => this.#isPromotable(learner));
    const others = remaining.filter(({ incarnation }) => !this.#leavers.has(incarnation)).concat(promoted);
    // If everybody wants to leave, one must stay to go alone: the same members again would change views for ever.
    const members = others.length > 0 ? others : witnessesLast(remaining).slice(0, 1);
    const learners = view.learners
      .filter((learner) => !promoted.includes(learner) && !this.#isLost(learner.incarnation))
      .concat(this.#eligibleJoiners());
    return { members: witnessesLast(members), learners, end };
  }

  #isLost(learner: IncarnationId): boolean {
    return this.#detector.suspects(learner) || this.#leavers.has(learner);
  }

  #isPromotable({ incarnation }: ViewMember): boolean {
    const linked = this.#ready.get(incarnation);
    if (linked === undefined || this.#isLost(incarnation) || !this.#state.linked.has(incarnation)) return false;
    return this.#state.view!.members.every(
      (member) => linked.includes(member.incarnation) || this.#detector.discounts(member.incarnation),
    );
  }

  /** Joiners who are linked, with no other incarnation of the same name that may still live. */
  #eligibleJoiners(): ViewMember[] {
    const view = this.#state.view!;
    const taken = new Set(
      [...view.members, ...view.learners]
        .map((member) => member.incarnation)
        .filter((incarnation) => incarnation === this.#state.self || !this.#detector.discounts(incarnation))
        .map(memberNameOf),
    );
    const joiners = [...this.#joiners.values()].filter(
      ({ incarnation }) => this.#state.linked.has(incarnation) && !taken.has(memberNameOf(incarnation)),
    );
    return joiners.sort((one, other) => (one.incarnation < other.incarnation ? -1 : 1));
  }
}

/** Rank order, but witnesses behind those who have a service, so that the sequencer is next to clients if it can be. */
export function witnessesLast(members: readonly ViewMember[]): ViewMember[] {
  return [...members.filter((member) => !member.witness), ...members.filter((member) => member.witness)];
}

/** Whether `peer` is the lowest-ranked member that `state`'s member does not discount. */
export function isStarter(state: GroupState, detector: FailureDetector): boolean {
  const view = state.view;
  if (view === undefined || rankOf(view, state.self) < 0) return false;
  return view.members.slice(0, state.rank).every(({ incarnation }) => detector.discounts(incarnation));
}
