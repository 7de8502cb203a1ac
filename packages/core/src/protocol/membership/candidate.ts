import type { Ballot, IncarnationId, Milliseconds, OrderNumber, View, ViewNumber } from '@lockstep/contracts';
import type { GroupState } from '../group-state.js';
import { limits } from '../limits.js';
import type { Accepted, PrepareAnswer, PrepareRefused, ViewChange } from '../messages.js';
import { countEntries } from '../order/entry-run.js';
import type { Acceptor } from './acceptor.js';
import { isStarter, type Agenda } from './agenda.js';
import type { FailureDetector } from './failure-detector.js';
import { isHalf, isQuorum } from './quorum.js';

/** One ballot of this member's for the next view. */
interface Attempt {
  readonly ballot: Ballot;
  readonly startedAt: Milliseconds;
  readonly promises: Map<IncarnationId, PrepareAnswer>;
  /** Set when the first phase is over. */
  value: ViewChange | undefined;
  /** Whom entries up to the value's end were asked from. */
  source: IncarnationId | undefined;
  readonly accepted: Set<IncarnationId>;
  proposed: boolean;
  /** Decided; it stays only if this member is not in the view that it has decided. */
  decided: boolean;
}

/** Starts and carries through view changes: the proposer of the consensus that ends a view. */
export class Candidate {
  readonly #state: GroupState;
  readonly #detector: FailureDetector;
  readonly #agenda: Agenda;
  readonly #acceptor: Acceptor;
  readonly #decided: (view: View) => void;
  #attempt: Attempt | undefined;
  #ballotSeen = 0;
  #retryAt: Milliseconds = 0;
  /** Incarnations that the fence command has put out of action, and those that it is working on. */
  readonly #fenced = new Set<IncarnationId>();
  readonly #fencing = new Set<IncarnationId>();
  #noQuorumReported = false;

  /** @param decided called when a view is decided; the view's installation resets this object */
  constructor(
    state: GroupState,
    detector: FailureDetector,
    agenda: Agenda,
    acceptor: Acceptor,
    decided: (view: View) => void,
  ) {
    this.#state = state;
    this.#detector = detector;
    this.#agenda = agenda;
    this.#acceptor = acceptor;
    this.#decided = decided;
  }

  reset(): void {
    this.#attempt = undefined;
    this.#ballotSeen = 0;
    this.#retryAt = 0;
    this.#noQuorumReported = false;
  }

  get nextDeadline(): Milliseconds | undefined {
    if (this.#attempt !== undefined)
      return this.#attempt.decided ? undefined : this.#attempt.startedAt + this.#timeoutMs;
    return this.#retryAt > this.#state.now ? this.#retryAt : undefined;
  }

  /** Something has changed, or time has passed: start, go on, or give up. */
  evaluate(): void {
    const attempt = this.#attempt;
    if (attempt !== undefined) {
      if (attempt.decided) return;
      if (this.#acceptor.promised > attempt.ballot) this.#abandon('superseded', this.#state.now);
      else if (this.#state.now - attempt.startedAt >= this.#timeoutMs) this.#abandon('timeout', this.#state.now);
      else return this.#advance(attempt);
    }
    if (this.#state.now < this.#retryAt) return;
    if (!this.#isStranded() && !(isStarter(this.#state, this.#detector) && this.#agenda.hasItems)) return;
    if (!this.#mayReachQuorum()) return this.#reportNoQuorum();
    this.#noQuorumReported = false;
    this.#start();
  }

  /** The link to a member came up: what was sent to it may be lost. */
  linkUp(peer: IncarnationId): void {
    const attempt = this.#attempt;
    if (attempt === undefined || !this.#state.isMember(peer)) return;
    if (attempt.proposed) this.#propose(attempt, [peer]);
    else if (!attempt.promises.has(peer)) this.#sendPrepare(attempt, [peer]);
    if (attempt.source === peer) this.#fetch(attempt);
  }

  onPromise(peer: IncarnationId, message: PrepareAnswer): void {
    const attempt = this.#attempt;
    if (attempt === undefined || message.ballot !== attempt.ballot || attempt.promises.has(peer)) return;
    attempt.promises.set(peer, message);
  }

  onRefused(peer: IncarnationId, message: PrepareRefused): void {
    if (message.promised > this.#ballotSeen) this.#ballotSeen = message.promised;
    if (this.#attempt?.ballot !== message.ballot) return;
    const { heartbeatMs } = this.#state.settings.timing;
    this.#abandon(`refused by ${peer}`, this.#state.now + heartbeatMs * (1 + this.#state.rank));
  }

  onAccepted(peer: IncarnationId, message: Accepted): void {
    const attempt = this.#attempt;
    if (attempt === undefined || message.ballot !== attempt.ballot) return;
    attempt.accepted.add(peer);
  }

  fenced(target: IncarnationId, succeeded: boolean): void {
    this.#fencing.delete(target);
    if (succeeded) this.#fenced.add(target);
    else this.#retryAt = this.#state.now + this.#state.settings.timing.suspectAfterMs;
    this.#state.report('warn', succeeded ? 'fenced' : 'fence-failed', { target });
    if (!succeeded && this.#attempt !== undefined) this.#abandon('fence failed', this.#retryAt);
  }

  get #timeoutMs(): Milliseconds {
    return 4 * this.#state.settings.timing.suspectAfterMs;
  }

  #start(): void {
    const size = this.#state.view!.members.length;
    const seen = Math.max(this.#ballotSeen, this.#acceptor.promised);
    const ballot = ((Math.floor(seen / size) + 1) * size + this.#state.rank) as Ballot;
    const attempt: Attempt = {
      ballot,
      startedAt: this.#state.now,
      promises: new Map(),
      value: undefined,
      source: undefined,
      accepted: new Set(),
      proposed: false,
      decided: false,
    };
    this.#attempt = attempt;
    this.#state.report('info', 'view-change', {
      view: this.#state.view!.number,
      ballot,
      suspects: this.#detector.suspectedMembers(),
    });
    attempt.promises.set(this.#state.self, this.#acceptor.promiseToSelf(ballot));
    this.#sendPrepare(attempt, this.#state.memberPeers());
    this.#advance(attempt);
  }

  #advance(attempt: Attempt): void {
    if (attempt.value === undefined && !this.#choose(attempt)) return;
    const value = attempt.value!;
    if (!attempt.proposed) {
      if (this.#state.held < value.end) return this.#fetch(attempt);
      attempt.proposed = true;
      this.#acceptor.accept(attempt.ballot, value);
      attempt.accepted.add(this.#state.self);
      this.#propose(attempt, this.#state.memberPeers());
    }
    if (this.#isDecisive((peer) => attempt.accepted.has(peer))) {
      attempt.decided = true;
      const { genesis, number } = this.#state.view!;
      const { members, learners, end } = value;
      this.#decided({ genesis, number: (number + 1) as ViewNumber, members, learners, start: end });
    }
  }

  /** Ends the first phase, if a quorum has promised and everybody else is suspected. */
  #choose(attempt: Attempt): boolean {
    const promised = new Set(
      [...attempt.promises.keys()].filter((peer) => peer === this.#state.self || !this.#detector.suspects(peer)),
    );
    const awaited = this.#state.view!.members.some(
      ({ incarnation }) => !promised.has(incarnation) && !this.#detector.discounts(incarnation),
    );
    if (awaited || !this.#isDecisive((peer) => promised.has(peer))) return false;
    const promises = [...promised].map((peer) => attempt.promises.get(peer)!);
    attempt.value = adoptedValue(promises) ?? this.#agenda.compose(promised, highestReceived(promises));
    return true;
  }

  /** Asks for what is lacking up to the end, from a promiser that holds it; if that one is lost, chooses again. */
  #fetch(attempt: Attempt): void {
    const { end } = attempt.value!;
    if (attempt.source !== undefined && this.#detector.suspects(attempt.source)) {
      attempt.value = undefined;
      attempt.source = undefined;
      if (this.#choose(attempt)) this.#advance(attempt);
      return;
    }
    if (attempt.source !== undefined && this.#state.linked.has(attempt.source)) return;
    const holders = [...attempt.promises].filter(
      ([peer, promise]) =>
        this.#state.linked.has(peer) && (promise.received >= end || promise.accepted?.value.end === end),
    );
    const holder = holders[0]?.[0];
    if (holder === undefined) return;
    attempt.source = holder;
    this.#state.send(holder, { kind: 'fetch', from: (this.#state.held + 1) as OrderNumber, to: end });
  }

  /** Entries arrived: ask for the rest, if there is one. */
  entriesArrived(): void {
    const attempt = this.#attempt;
    if (attempt?.value === undefined || attempt.proposed || attempt.source === undefined) return;
    if (this.#state.held < attempt.value.end) {
      this.#state.send(attempt.source, {
        kind: 'fetch',
        from: (this.#state.held + 1) as OrderNumber,
        to: attempt.value.end,
      });
    }
  }

  /** Gives each promiser what it lacks, then the value to all: whoever accepts holds everything up to the end. */
  #propose(attempt: Attempt, peers: readonly IncarnationId[]): void {
    const value = attempt.value!;
    for (const peer of peers) {
      const promise = attempt.promises.get(peer);
      if (promise !== undefined) this.#push(peer, promise.received, value.end);
    }
    this.#state.send(peers, { kind: 'accept', view: this.#state.view!.number, ballot: attempt.ballot, value });
  }

  #push(peer: IncarnationId, received: OrderNumber, end: OrderNumber): void {
    for (let first = received + 1; first <= end;) {
      const runs = this.#state.slice(first as OrderNumber, end, limits.fetchBytesMax);
      const through = (first + countEntries(runs) - 1) as OrderNumber;
      this.#state.send(peer, { kind: 'entries', first: first as OrderNumber, runs, through });
      first = through + 1;
    }
  }

  #sendPrepare(attempt: Attempt, peers: readonly IncarnationId[]): void {
    this.#state.send(peers, { kind: 'prepare', view: this.#state.view!.number, ballot: attempt.ballot });
  }

  /**
   * Whether these decide what follows the view. With a fence, half a view goes on only after the other half is fenced,
   * whichever half it is: otherwise rank 0, alone, could release what a fencing rank 1 never learns of.
   */
  #isDecisive(present: (peer: IncarnationId) => boolean): boolean {
    const view = this.#state.view!;
    if (!this.#state.settings.fence || !isHalf(view, present)) return isQuorum(view, present);
    const others = view.members.map((member) => member.incarnation).filter((peer) => !present(peer));
    for (const other of others) {
      if (this.#fenced.has(other) || this.#fencing.has(other) || !this.#detector.suspects(other)) continue;
      this.#fencing.add(other);
      this.#state.emit({ kind: 'fence', target: other });
    }
    return others.every((other) => this.#fenced.has(other));
  }

  #mayReachQuorum(): boolean {
    const view = this.#state.view!;
    const present = (peer: IncarnationId): boolean => !this.#detector.suspects(peer);
    return isQuorum(view, present) || (this.#state.settings.fence && isHalf(view, present));
  }

  /**
   * Promised in an attempt that has come to nothing. The starter may know nothing of it, and have no reason for another one, so
   * everybody may make one; one after the other, so as not to disturb each other.
   */
  #isStranded(): boolean {
    const { wedged, rank, now, settings } = this.#state;
    return wedged && now - this.#acceptor.wedgedAt >= (2 + rank) * settings.timing.suspectAfterMs;
  }

  #abandon(reason: string, retryAt: Milliseconds): void {
    this.#state.report('debug', 'abandon-ballot', { ballot: this.#attempt!.ballot, reason });
    this.#attempt = undefined;
    this.#retryAt = retryAt;
  }

  #reportNoQuorum(): void {
    if (this.#noQuorumReported) return;
    this.#noQuorumReported = true;
    const gone = this.#state
      .view!.members.map((member) => member.incarnation)
      .filter((peer) => this.#detector.isGone(peer));
    this.#state.report('warn', 'no-quorum', { suspects: this.#detector.suspectedMembers(), gone });
  }
}

/** The value accepted in the highest ballot, which may have been decided and must be kept. */
function adoptedValue(promises: readonly PrepareAnswer[]): ViewChange | undefined {
  let adopted: PrepareAnswer['accepted'];
  for (const { accepted } of promises) {
    if (accepted !== undefined && (adopted === undefined || accepted.ballot > adopted.ballot)) adopted = accepted;
  }
  return adopted?.value;
}

function highestReceived(promises: readonly PrepareAnswer[]): OrderNumber {
  return Math.max(...promises.map((promise) => promise.received)) as OrderNumber;
}
