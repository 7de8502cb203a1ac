import {
  memberNameOf,
  type IncarnationId,
  type MemberName,
  type Milliseconds,
  type OrderNumber,
  type View,
  type ViewMember,
  type ViewNumber,
} from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import type { Genesis as GenesisMessage, GenesisAnswer } from '../messages.js';
import { witnessesLast } from './agenda.js';
import { lists } from './quorum.js';

/**
 * The first view: formed when every configured member is there and blank, by the first of them; or by one member alone, at
 * the operator's word. Each attempt is a life of the group of its own, so that a view of an attempt that came to nothing is
 * never taken for one of the group that formed in the end.
 */
export class Genesis {
  readonly #state: GroupState;
  readonly #install: (view: View) => void;
  #attempts = 0;
  #proposed: View | undefined;
  #proposedAt: Milliseconds = 0;
  readonly #answered = new Set<IncarnationId>();

  constructor(state: GroupState, install: (view: View) => void) {
    this.#state = state;
    this.#install = install;
  }

  bootstrap(): void {
    if (this.#state.phase !== 'blank') return;
    this.#install(this.#viewOf([this.#state.description]));
  }

  /** A link came up or went, or a status arrived: propose if everybody is there, give up if somebody left. */
  evaluate(): void {
    if (this.#state.phase !== 'blank' || memberNameOf(this.#state.self) !== this.#state.settings.members[0]!.name)
      return;
    const present = this.#everybody();
    if (present === undefined) {
      this.#proposed = undefined;
      return;
    }
    if (this.#proposed !== undefined && present.every(({ incarnation }) => lists(this.#proposed!, incarnation)))
      return this.#repeat(this.#proposed);
    this.#answered.clear();
    this.#proposed = this.#viewOf(present);
    this.#proposedAt = this.#state.now;
    this.#state.send(this.#others(this.#proposed), { kind: 'genesis', view: this.#proposed });
    this.#completeIfAnswered();
  }

  onGenesis(peer: IncarnationId, { view }: GenesisMessage): void {
    const first = this.#state.settings.members[0]!.name;
    if (this.#state.phase !== 'blank' || memberNameOf(peer) !== first || !lists(view, this.#state.self)) {
      return this.#state.report('warn', 'drop-genesis', { peer });
    }
    this.#state.send(peer, { kind: 'genesis-answer', genesis: view.genesis });
  }

  onAnswer(peer: IncarnationId, answer: GenesisAnswer): void {
    if (this.#state.phase !== 'blank' || answer.genesis !== this.#proposed?.genesis) return;
    this.#answered.add(peer);
    this.#completeIfAnswered();
  }

  /** Somebody who is blank may still have been about to join a group that is gone, and have dropped the proposal. */
  #repeat(view: View): void {
    const { now, settings } = this.#state;
    if (now - this.#proposedAt < settings.timing.heartbeatMs) return;
    this.#proposedAt = now;
    const silent = this.#others(view).filter((other) => !this.#answered.has(other));
    this.#state.send(silent, { kind: 'genesis', view });
  }

  #completeIfAnswered(): void {
    const view = this.#proposed!;
    const others = this.#others(view);
    if (!others.every((other) => this.#answered.has(other))) return;
    this.#state.send(others, { kind: 'install', view });
    this.#install(view);
  }

  #viewOf(members: readonly ViewMember[]): View {
    this.#attempts++;
    return {
      genesis: `${this.#state.self}#${this.#attempts}`,
      number: 1 as ViewNumber,
      members: witnessesLast(members),
      learners: [],
      start: 0 as OrderNumber,
    };
  }

  #others(view: View): IncarnationId[] {
    return view.members.map((member) => member.incarnation).filter((incarnation) => incarnation !== this.#state.self);
  }

  /** Every configured member in its order, or undefined if one is missing, or known not to be blank. */
  #everybody(): ViewMember[] | undefined {
    const byName = new Map<MemberName, IncarnationId>([[memberNameOf(this.#state.self), this.#state.self]]);
    for (const peer of this.#state.linked) {
      if (this.#state.statuses.get(peer)?.genesis === '') byName.set(memberNameOf(peer), peer);
    }
    const present: ViewMember[] = [];
    for (const { name, witness } of this.#state.settings.members) {
      const incarnation = byName.get(name);
      if (incarnation === undefined) return undefined;
      present.push({ incarnation, witness });
    }
    return present;
  }
}
