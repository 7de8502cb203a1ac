import type { IncarnationId, OrderNumber, SubmissionNumber, View, ViewNumber } from '@lockstep/contracts';
import type { Entry } from '../../connections/entry.js';
import type { OrderedEntry, ReplicaSettings } from '../../connections/replica-io.js';
import { ModelMember } from './model-member.fixture.js';
import type { Random } from './random.fixture.js';
import type { Truth } from './truth.fixture.js';

interface Submission {
  readonly sender: ModelMember;
  readonly entry: Entry;
}

/** The time of a world; only the world moves it. */
export interface Clock {
  now: number;
}

/**
 * Virtually synchronous total order as a list. Entries behind what any survivor has received are lost with those who had
 * them, and submitted again if their submitter survives; nobody who stays has executed them.
 */
export class ModelGroup {
  readonly truth: Truth;
  readonly clock: Clock;
  /** Every incarnation there ever was. */
  readonly members: ModelMember[] = [];
  stable = 0 as OrderNumber;
  readonly #random: Random;
  readonly #settings: ReplicaSettings;
  readonly #order: Submission[] = [];
  readonly #views: View[] = [];
  /** Submitted and not ordered, oldest first. */
  readonly #pending: Submission[] = [];
  readonly #encoded = new WeakMap<Uint8Array, Entry>();

  constructor(names: readonly string[], settings: ReplicaSettings, truth: Truth, clock: Clock, random: Random) {
    this.truth = truth;
    this.clock = clock;
    this.#random = random;
    this.#settings = settings;
    for (const name of names) this.#create(name);
    this.#views.push(this.#viewOf(this.members, [], 0));
    for (const member of this.members) this.deliver(member, 0);
  }

  get length(): number {
    return this.#order.length;
  }

  get view(): View {
    return this.#views.at(-1)!;
  }

  /** Those of the present view that take part. */
  get live(): ModelMember[] {
    const { members, learners } = this.view;
    const listed = [...members, ...learners].map(({ incarnation }) => incarnation);
    return this.members.filter(({ incarnation, state }) => state === 'live' && listed.includes(incarnation));
  }

  encode(entry: Entry): Uint8Array {
    const encoded = new Uint8Array(0);
    this.#encoded.set(encoded, entry);
    return encoded;
  }

  decode(encoded: Uint8Array): Entry {
    return this.#encoded.get(encoded)!;
  }

  /** How many batches of this attachment the first `through` entries hold. */
  countBatches(client: string, epoch: number, through: number): number {
    const isBatch = ({ entry }: Submission): boolean =>
      entry.kind === 'commands' && entry.client === client && entry.epoch === epoch;
    return this.#order.slice(0, through).filter(isBatch).length;
  }

  submit(sender: ModelMember, entry: Entry): void {
    this.#pending.push({ sender, entry });
  }

  /** Orders the oldest submission of somebody. */
  sequence(): void {
    const { members } = this.view;
    const sequencer = this.#find(members[0]!.incarnation);
    const sender = this.#random.pick(this.#pending)?.sender;
    const takesPart = (member: ModelMember): boolean =>
      member.state === 'live' && member.installed === this.#views.length;
    if (sender === undefined || !takesPart(sequencer) || !takesPart(sender)) return;
    if (this.clock.now < sender.stalledUntil) return;
    const [submission] = this.#pending.splice(
      this.#pending.findIndex((pending) => pending.sender === sender),
      1,
    );
    this.#order.push(submission!);
  }

  /** Gives a member its next entries, or installs its next view. */
  deliver(member: ModelMember, countMax: number): void {
    if (member.state !== 'live') return;
    const next = this.#views[member.installed];
    if (next !== undefined && next.start === member.delivered) return this.#install(member, next);
    const end = Math.min(next?.start ?? this.length, this.#isLearner(member) ? this.stable : this.length);
    const entries: OrderedEntry[] = [];
    for (let index = member.delivered; index < Math.min(member.delivered + countMax, end); index++) {
      const { sender, entry } = this.#order[index]!;
      const order = (index + 1) as OrderNumber;
      entries.push({ order, sender: sender.incarnation, submission: 1 as SubmissionNumber, entry });
    }
    if (entries.length === 0) return;
    member.delivered += entries.length;
    member.step({ kind: 'ordered', entries: { length: entries.length, read: () => entries } });
    this.#countStable();
  }

  /** Tells a member what is stable, or a part of it. */
  tellStable(member: ModelMember): void {
    if (member.state !== 'live' || member.installed !== this.#views.length) return;
    const known = Math.min(this.stable, member.delivered);
    const told = member.toldStable + this.#random.below(known - member.toldStable + 1);
    this.#tellStable(member, told);
  }

  /** The next view: without those who are lost or leave, with these learners added and promoted. */
  changeView(joining: readonly string[] = []): boolean {
    const members = this.view.members.map(({ incarnation }) => this.#find(incarnation));
    const voters = members.filter(({ state }) => state === 'live');
    const hasQuorum =
      2 * voters.length > members.length || (2 * voters.length === members.length && voters[0] === members[0]);
    const installed = this.live.every((member) => member.installed === this.#views.length);
    const staying = voters.filter(({ leaving }) => !leaving);
    if (!hasQuorum || !installed || staying.length === 0) return false;
    const end = voters[0] === members[0] ? this.length : Math.max(...voters.map(({ delivered }) => delivered));
    this.#truncate(end);
    const learners = this.live.filter((member) => this.#isLearner(member));
    const promoted = learners.filter(({ delivered }) => delivered >= this.stable);
    const others = learners.filter((member) => !promoted.includes(member));
    this.stable = end as OrderNumber;
    const joiners = joining.map((name) => this.#create(name));
    const view = this.#viewOf([...staying, ...promoted], [...others, ...joiners], end);
    this.#views.push(view);
    for (const joiner of joiners) {
      joiner.installed = this.#views.length;
      joiner.step({ kind: 'view', view, role: 'learner' });
    }
    this.truth.mark('view change');
    return true;
  }

  /** The member is gone, and some of what it has submitted is as well. */
  kill(member: ModelMember): void {
    member.state = 'dead';
    this.truth.mark('member lost');
  }

  /** Whether the group can go on without this member. */
  canLose(member: ModelMember): boolean {
    const members = this.view.members.map(({ incarnation }) => this.#find(incarnation));
    const rest = members.filter((other) => other.state === 'live' && !other.leaving && other !== member);
    return 2 * rest.length > members.length || (2 * rest.length === members.length && rest[0] === members[0]);
  }

  /** Whether what this member has at `order` is what the group has: who is left out of a view may go on with what it dropped. */
  holds(member: ModelMember, order: number): boolean {
    return member.installed === this.#views.length || order <= this.view.start;
  }

  #create(name: string): ModelMember {
    const incarnation = `${name}/${this.members.length}` as IncarnationId;
    const member = new ModelMember(incarnation, this.#settings, this, this.#random);
    this.members.push(member);
    return member;
  }

  #find(incarnation: IncarnationId): ModelMember {
    return this.members.find((member) => member.incarnation === incarnation)!;
  }

  #isLearner(member: ModelMember): boolean {
    return this.#views[member.installed - 1]!.learners.some(({ incarnation }) => incarnation === member.incarnation);
  }

  #viewOf(members: readonly ModelMember[], learners: readonly ModelMember[], start: number): View {
    const describe = ({ incarnation }: ModelMember): View['members'][0] => ({ incarnation, witness: false });
    return {
      genesis: 'g',
      number: (this.#views.length + 1) as ViewNumber,
      members: members.map(describe),
      learners: learners.map(describe),
      start: start as OrderNumber,
    };
  }

  #install(member: ModelMember, view: View): void {
    member.installed += 1;
    if (!this.#views.slice(member.installed - 1).some((later) => lists(later, member.incarnation))) {
      member.state = 'dead';
      return;
    }
    const role = view.members.some(({ incarnation }) => incarnation === member.incarnation) ? 'member' : 'learner';
    member.step({ kind: 'view', view, role });
    this.#tellStable(member, view.start);
  }

  #tellStable(member: ModelMember, through: number): void {
    if (through <= member.toldStable) return;
    member.toldStable = through as OrderNumber;
    member.step({ kind: 'stable', through: member.toldStable });
  }

  #countStable(): void {
    const received = this.view.members
      .map(({ incarnation }) => this.#find(incarnation).delivered)
      .sort((a, b) => b - a);
    const stable = received[Math.floor(received.length / 2)]!;
    if (stable > this.stable) this.stable = stable as OrderNumber;
  }

  #truncate(end: number): void {
    const dropped = this.#order.splice(end);
    if (dropped.length > 0) this.truth.mark('entries lost');
    const lost = dropped.filter(({ sender }) => sender.state === 'live');
    this.#pending.unshift(...lost);
    const survivors = this.#pending.filter(({ sender }) => sender.state === 'live');
    this.#pending.splice(0, this.#pending.length, ...survivors);
    this.truth.truncate(end);
    if (lost.length > 0) this.truth.mark('entries lost and submitted again');
  }
}

function lists(view: View, incarnation: IncarnationId): boolean {
  return [...view.members, ...view.learners].some((member) => member.incarnation === incarnation);
}
