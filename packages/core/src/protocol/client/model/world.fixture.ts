import type { MemberName } from '@lockstep/contracts';
import type { ReplicaSettings } from '../../connections/replica-io.js';
import type { ClientSettings } from '../client-io.js';
import { ModelClient } from './model-client.fixture.js';
import { ModelGroup } from './model-group.fixture.js';
import type { ModelLink } from './model-link.fixture.js';
import type { ModelMember } from './model-member.fixture.js';
import { Random } from './random.fixture.js';
import { check, Truth } from './truth.fixture.js';

const names = ['a', 'b', 'c'] as MemberName[];
const timing = { suspectAfterMs: 100, heartbeatMs: 20 };
const bounds = { connectionWindowBytes: 700, processCacheBytes: 100_000, maxConnections: 12 };
const replicaSettings: ReplicaSettings = {
  ...timing,
  ...bounds,
  expireClientAfterMs: 400,
  endpoints: ['echo', 'messages'],
};
const clientSettings: ClientSettings = { ...timing, ...bounds, giveUpAfterMs: 700, members: names };

/** Rounds in which everything must have come to its end, once nothing goes wrong any more. */
const roundsMax = 2000;

/** One random world: replicas, client interceptors and everything between them, from one seed. */
export class World {
  readonly truth = new Truth();
  readonly #random: Random;
  readonly #clock = { now: 1000 };
  readonly #group: ModelGroup;
  readonly #clients: ModelClient[];
  #connectionsLeft = 14;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#group = new ModelGroup(names, replicaSettings, this.truth, this.#clock, this.#random);
    const ids = this.#random.chance(0.5) ? ['k'] : ['k', 'm'];
    this.#clients = ids.map((id) => new ModelClient(id, clientSettings, this.#group, this.#random));
  }

  /** First everything goes wrong that may; then nothing does any more, and everything must come to its end. */
  run(steps: number): void {
    for (let step = 0; step < steps; step++) this.#act();
    this.#heal();
    this.#until(() => this.#isSettled, 'C2: not everything has come to its end');
    this.#checkEnd();
    this.#rest();
    this.#leave();
  }

  /** L4: without faults, nothing happens. */
  #rest(): void {
    const links = (): ModelLink[] => [...this.#clients, ...this.#group.live].flatMap((side) => [...side.links]);
    const isCalm = (): boolean =>
      this.#clients.every(({ engine }) => engine.snapshot().state === 'attached') &&
      links().every(({ isSound }) => isSound);
    this.#until(isCalm, 'L2: a client interceptor is not attached');
    const faults = (): (number | undefined)[] =>
      ['member-lost', 'client-silent'].map((name) => this.truth.marks.get(name));
    const before = faults();
    for (let round = 0; round < 100; round++) this.#round();
    check(before.join() === faults().join(), 'L4: an attachment was lost without a fault');
  }

  /** L5: client interceptors that do not come back are forgotten. */
  #leave(): void {
    const clients = this.#clients.splice(0);
    for (const link of clients.flatMap((client) => [...client.links])) {
      if (this.#random.chance(0.3) && this.#group.canLose(link.member)) this.#group.kill(link.member);
      if (this.#random.chance(0.5)) link.isBlackHole = true;
      else link.break(this.#random);
    }
    const isForgotten = (): boolean => this.#group.live.every(({ replica }) => replica.snapshot().clients.length === 0);
    this.#until(isForgotten, 'L5: clients that are gone are still known');
  }

  #act(): void {
    const weight = this.#random.below(100);
    if (weight < 20) this.#useClient();
    else if (weight < 45) this.#useMember();
    else if (weight < 65) this.#useLink();
    else if (weight < 80) this.#useService();
    else if (weight < 90) this.#flush();
    else if (weight < 98) this.#passTime(1 + this.#random.below(8));
    else this.#fail();
    if (this.#random.chance(0.05)) this.#checkState();
  }

  #useClient(): void {
    const client = this.#pickClient();
    const channel = this.#random.pick(client.open);
    const choice = this.#random.below(100);
    if (channel === undefined || choice < 6) {
      if (this.#connectionsLeft-- > 0) client.connect();
    } else if (choice < 10) for (let count = 0; count < 10; count++) client.send(channel);
    else if (choice < 60) client.send(channel);
    else if (choice < 92) client.take(channel);
    else if (choice < 98) client.end(channel);
    else client.reset(channel);
  }

  #useMember(): void {
    const member = this.#pickMember();
    if (member === undefined) return;
    const choice = this.#random.below(3);
    if (choice === 0) for (let count = this.#random.below(4); count >= 0; count--) this.#group.sequence();
    else if (choice === 1) this.#group.deliver(member, 1 + this.#random.below(4));
    else this.#group.tellStable(member);
  }

  #useLink(): void {
    for (const link of [...this.#pickClient().links]) {
      if (link.clientSide === 'connecting' || link.memberSide === 'connecting') this.#settle(link);
      else if (this.#random.chance(0.5)) link.deliverToMember(1 + this.#random.below(3));
      else link.deliverToClient(1 + this.#random.below(3));
      if (link.isOver) link.client.links.delete(link);
    }
  }

  #useService(): void {
    const member = this.#pickMember();
    if (member?.state !== 'live') return;
    const choice = this.#random.below(5);
    if (choice === 0) member.service.work(1 + this.#random.below(4));
    else if (choice < 4) member.pump(member.service.read());
    else member.pump(member.service.take());
  }

  #flush(): void {
    if (this.#random.chance(0.5)) this.#pickClient().step({ kind: 'flush' });
    else this.#pickMember()?.step({ kind: 'flush' });
  }

  #passTime(ms: number): void {
    this.#clock.now += ms;
    for (const actor of [...this.#clients, ...this.#group.members]) {
      if (this.#random.chance(0.95)) actor.tick();
    }
  }

  /** Much time passes, and little else. */
  #sleep(ms: number): void {
    for (let slept = 0; slept < ms; slept += 10) {
      this.#passTime(10);
      this.#useLink();
      if (this.#random.chance(0.1)) this.#regroup();
      for (const member of this.#group.live) {
        this.#group.sequence();
        this.#group.deliver(member, 2);
      }
    }
  }

  #fail(): void {
    const client = this.#pickClient();
    const sequencer = this.#group.live.find(
      ({ incarnation }) => incarnation === this.#group.view.members[0]?.incarnation,
    );
    const member = this.#random.chance(0.3) ? sequencer : this.#pickMember();
    const link = this.#random.pick([...client.links]);
    const choice = this.#random.below(100);
    if (choice < 8) link?.break(this.#random);
    else if (choice < 14) link?.vanish();
    else if (choice < 17 && link !== undefined) link.isBlackHole = true;
    else if (choice < 20 && member !== undefined) member.stalledUntil = this.#clock.now + this.#random.below(1500);
    else if (choice < 24) client.cutUntil = this.#clock.now + this.#random.below(1000);
    else if (choice < 30) this.#sleep(this.#random.below(900));
    else if (choice < 38) member?.step({ kind: 'writable', writable: this.#random.chance(0.5) });
    else if (choice < 45 && link !== undefined) this.#clog(link);
    else if (choice < 75) this.#regroup();
    else if (member?.state === 'isolated') this.#kill(member);
    else if (member !== undefined && !member.leaving && this.#group.canLose(member)) this.#lose(member, choice);
    if (client.isCut) for (const cut of [...client.links]) cut.break(this.#random);
  }

  #clog(link: ModelLink): void {
    const writable = this.#random.chance(0.5);
    if (link.memberSide === 'up') {
      link.member.step({ kind: 'client-link-writable', client: link.client.id, writable });
    }
    if (link.clientSide === 'up') link.client.step({ kind: 'link-writable', member: link.member.name, writable });
  }

  #lose(member: ModelMember, choice: number): void {
    if (choice < 85) this.#kill(member);
    else if (choice < 92) member.state = 'isolated';
    else {
      member.leaving = true;
      member.step({ kind: 'leaving' });
    }
  }

  #kill(member: ModelMember): void {
    if (this.#random.chance(0.5)) {
      // What it has ordered and received alone is lost with it, if it was the sequencer.
      for (const client of this.#clients) {
        for (const channel of client.open) client.send(channel);
        client.step({ kind: 'flush' });
        for (const link of [...client.links]) link.deliverToMember(5);
      }
      for (let count = this.#random.below(8); count > 0; count--) this.#group.sequence();
      this.#group.deliver(member, 8);
    }
    for (const link of [...member.links]) link.break(this.#random);
    this.#group.kill(member);
  }

  /** A view change, in which somebody that was lost may come back as a new incarnation. */
  #regroup(): void {
    const absent = names.filter((name) => !this.#group.members.some((m) => m.name === name && m.state !== 'dead'));
    const joining = absent.filter(() => this.#random.chance(0.5));
    const gone = this.#group.view.members.length + this.#group.view.learners.length > this.#group.live.length;
    const leaving = this.#group.live.some((member) => member.leaving);
    const learning = this.#group.view.learners.length > 0;
    if (gone || leaving || learning || joining.length > 0) this.#group.changeView(joining);
  }

  #settle(link: ModelLink): void {
    link.settle(link.member.state !== 'dead' && !link.client.isCut);
    if (link.isOver) link.client.links.delete(link);
  }

  #heal(): void {
    for (const client of this.#clients) {
      client.cutUntil = 0;
      for (const member of this.#group.members) member.stalledUntil = 0;
      for (const link of client.links) {
        if (link.clientSide === 'up') client.step({ kind: 'link-writable', member: link.member.name, writable: true });
      }
    }
    for (const member of this.#group.members) {
      if (member.state === 'isolated') this.#kill(member);
      member.step({ kind: 'writable', writable: true });
      for (const { client } of member.links) {
        member.step({ kind: 'client-link-writable', client: client.id, writable: true });
      }
    }
  }

  #until(isDone: () => boolean, otherwise: string): void {
    for (let round = 0; !isDone(); round++) {
      if (round === roundsMax) throw new Error(`${otherwise}: ${this.#describe()}`);
      this.#round();
    }
  }

  /** Everything that can move does, a little. */
  #round(): void {
    this.#regroup();
    for (let count = 0; count < 50; count++) this.#group.sequence();
    for (const member of this.#group.members) {
      if (member.state !== 'live') {
        for (const link of [...member.links]) link.break(this.#random);
        continue;
      }
      this.#group.deliver(member, 50);
      this.#group.tellStable(member);
      member.service.work(50);
      for (let count = 0; count < 20; count++) member.pump(member.service.read());
      for (let count = 0; count < 5; count++) member.pump(member.service.take());
      member.step({ kind: 'flush' });
    }
    for (const client of this.#clients) {
      for (const link of [...client.links]) {
        if (link.clientSide === 'connecting' || link.memberSide === 'connecting') this.#settle(link);
        link.deliverToMember(10);
        link.deliverToClient(10);
        if (link.isOver) client.links.delete(link);
      }
      for (const channel of client.open) {
        client.take(channel);
        client.end(channel);
      }
      client.step({ kind: 'flush' });
    }
    this.#clock.now += 3;
    for (const actor of [...this.#clients, ...this.#group.members]) actor.tick();
  }

  get #isSettled(): boolean {
    return (
      this.#clients.every((client) => client.open.length === 0 && client.engine.snapshot().connections === 0) &&
      this.#group.live.every(({ replica, service }) => replica.snapshot().connections === 0 && service.isIdle)
    );
  }

  #checkState(): void {
    for (const client of this.#clients) client.checkBounds();
    for (const member of this.#group.members) if (member.state === 'live') member.checkCaches();
  }

  /** C2, L5: everything was answered, or broken for a stated reason, and nothing is left behind. */
  #checkEnd(): void {
    this.#checkState();
    const channels = this.#clients.flatMap((client) => [...client.channels.values()]);
    for (const channel of channels) {
      check(channel.broken || channel.isComplete, `C2: connection ${channel.id} was closed before its end`);
    }
    for (const { replica } of this.#group.live)
      check(replica.snapshot().cacheBytes === 0, 'L5: something is still cached');
    const countsOf = (some: typeof channels): number => some.reduce((sum, { counts }) => sum + counts, 0);
    const least = countsOf(channels.filter(({ broken }) => !broken));
    for (const { service, delivered } of this.#group.live) {
      if (delivered < this.#group.length) continue;
      const isExact = service.counter >= least && service.counter <= countsOf(channels);
      check(isExact, `C2: ${service.counter} counts instead of ${least} to ${countsOf(channels)}`);
    }
    for (const channel of channels) this.truth.mark(channel.broken ? 'connection broken' : 'connection completed');
  }

  #pickClient(): ModelClient {
    return this.#random.pick(this.#clients)!;
  }

  #pickMember(): ModelMember | undefined {
    return this.#random.pick(this.#group.members.filter(({ state }) => state !== 'dead'));
  }

  #describe(): string {
    return JSON.stringify({
      clients: this.#clients.map((client) => ({
        ...client.engine.snapshot(),
        open: client.open.map(({ id, paused, ended, finished, untaken, isComplete }) => ({
          ...{ id, paused, ended, finished, untaken, isComplete },
        })),
        connections: client.engine.connections(),
        links: [...client.links].map(({ member, clientSide, memberSide }) => [member.name, clientSide, memberSide]),
      })),
      members: this.#group.members.map(({ incarnation, state, delivered, toldStable, replica }) => ({
        ...{ incarnation, state, delivered, toldStable },
        snapshot: replica.snapshot(),
        connections: replica.connections(),
      })),
      length: this.#group.length,
      view: this.#group.view,
    });
  }
}
