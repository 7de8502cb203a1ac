import {
  memberNameOf,
  type IncarnationId,
  type MemberName,
  type Milliseconds,
  type View,
  type ViewMember,
} from '@lockstep/contracts';
import {
  Member,
  type MemberEffect,
  type MemberInput,
  type MemberSnapshot,
  type PeerMessage,
} from '@lockstep/core/protocol';
import { describeInput, describeEffect } from '../describe/describe-member.js';
import { springAmbush } from '../faults/ambush.js';
import type { World } from '../worlds/world.js';
import { PeerLinks, type PeerEnd } from './peer-links.js';
import { SimulatedProcess } from './process.js';
import type { ReplicaDriver } from './replica-driver.js';

const turnsPerInspection = 32;
const fenceMs = { low: 5, high: 40 };

/** A service interceptor or a witness: drives the group's member, and with a service the replica above it. */
export class MemberProcess extends SimulatedProcess {
  readonly id: IncarnationId;
  readonly name: MemberName;
  readonly links: PeerLinks;
  readonly #member: Member;
  readonly #inputs: MemberInput[] = [];
  #isStepping = false;
  #turns = 0;
  #snapshot: MemberSnapshot;
  /** What runs above the group; a witness has none. */
  replica: ReplicaDriver | undefined;

  constructor(description: ViewMember, world: World) {
    super(memberNameOf(description.incarnation), world);
    this.id = description.incarnation;
    this.name = memberNameOf(this.id);
    this.#member = new Member(description, world.plan.group);
    this.#snapshot = this.#member.snapshot();
    this.links = new PeerLinks(this, world);
  }

  get view(): View | undefined {
    return this.#snapshot.view;
  }

  /** The facts after the last step. */
  get snapshot(): MemberSnapshot {
    return this.#snapshot;
  }

  start(bootstrap: boolean): void {
    this.post(() => this.give({ kind: 'start', bootstrap }));
    this.links.start();
  }

  /** Steps the member; while a step's effects are carried out, inputs wait for their turn. */
  give(input: MemberInput): void {
    this.#inputs.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined && this.isAlive; next = this.#inputs.shift())
        this.#step(next);
    } finally {
      this.#isStepping = false;
    }
  }

  protected override takeTurn(): void {
    const { random, scheduler } = this.world;
    const { notices } = this.links;
    for (let notice = notices.shift(); notice !== undefined; notice = notices.shift()) this.give(notice);
    const sources: (() => void)[] = [];
    for (const [peer, end] of this.links.ends) if (end.arrivals.length > 0) sources.push(() => this.#read(peer, end));
    if (this.#isDue(scheduler.now)) sources.push(() => this.give({ kind: 'tick' }));
    if (this.replica !== undefined) sources.push(...this.replica.sources());
    for (const source of random.shuffled(sources)) if (this.isAlive) source();
    if (!this.isAlive) return;
    this.replica?.flush();
    this.give({ kind: 'flush' });
    if (++this.#turns % turnsPerInspection === 0 && this.isAlive) this.world.chronicle.inspect(this);
    if (this.isAlive && this.#hasMore()) this.wake();
  }

  protected override nextDeadline(): Milliseconds | undefined {
    const own = this.#member.nextDeadline();
    const other = this.replica?.nextDeadline();
    return own === undefined ? other : other === undefined ? own : Math.min(own, other);
  }

  protected override died(): void {
    this.world.chronicle.memberDied(this);
    for (const end of this.links.ends.values()) this.world.severed(end as never);
    this.replica?.died();
  }

  #isDue(now: Milliseconds): boolean {
    const deadline = this.#member.nextDeadline();
    return deadline !== undefined && deadline <= now;
  }

  #hasMore(): boolean {
    if (this.links.notices.length > 0 || this.replica?.hasMore === true) return true;
    for (const end of this.links.ends.values()) if (end.arrivals.length > 0) return true;
    return false;
  }

  /** One read of one socket: mostly all that is there, sometimes only a part. */
  #read(peer: IncarnationId, end: PeerEnd): void {
    const { random } = this.world;
    const count = random.chance(0.1) ? random.integer(1, end.arrivals.length) : end.arrivals.length;
    let messages: PeerMessage[] = [];
    const deliver = (): void => {
      if (messages.length > 0) this.give({ kind: 'receive', peer, messages });
      messages = [];
    };
    for (const arrival of end.read(count)) {
      if (arrival.kind === 'message') {
        messages.push(arrival.message);
        continue;
      }
      deliver();
      if (arrival.kind === 'down') this.links.lost(peer);
      this.give({ kind: arrival.kind === 'up' ? 'link-up' : 'link-down', peer });
    }
    deliver();
  }

  #step(input: MemberInput): void {
    const { world } = this;
    if (input.kind === 'submit') world.chronicle.submitted(this, input.entries);
    if (input.kind !== 'flush' && input.kind !== 'executed') world.trace.step(this.id, describeInput(input));
    const effects = this.#member.step(input, world.scheduler.now);
    this.#snapshot = this.#member.snapshot();
    world.chronicle.stepped(this, effects);
    for (const effect of effects) {
      this.beforeEffect();
      this.#perform(effect);
      if (!this.isAlive) return;
    }
  }

  #perform(effect: MemberEffect): void {
    const { world } = this;
    if (effect.kind === 'report' || effect.kind === 'view') world.trace.fact(this.id, describeEffect(effect));
    else world.trace.step(this.id, describeEffect(effect));
    world.chronicle.memberActed(this, effect);
    springAmbush(world, this, effect);
    switch (effect.kind) {
      case 'send':
        for (const peer of effect.to) {
          this.links.ends.get(peer)?.send(world.sealed(effect.message), effect.lane, bytesOf(effect.message));
        }
        return;
      case 'ordered':
        return this.replica?.ordered(effect.ordered);
      case 'stable':
        return this.replica?.stable(effect.through);
      case 'view':
        return this.replica?.installed(effect.view, effect.role);
      case 'writable':
        return this.replica?.writable(effect.writable);
      case 'quorum':
        return this.replica?.quorum(effect.heard);
      case 'fence':
        return this.#fence(effect.target);
      case 'excluded':
        return world.ended(this);
      case 'disconnect':
        this.links.ends.get(effect.peer)?.close();
        this.links.lost(effect.peer);
        return;
      case 'report':
        return;
    }
  }

  /** The fence works through a switch of its own; it fails when it cannot put the target out of action. */
  #fence(target: IncarnationId): void {
    const { random, scheduler } = this.world;
    scheduler.after(random.delayMs(fenceMs.low, fenceMs.high), () => {
      const succeeded = this.isAlive && this.world.fence(target);
      this.post(() => this.give({ kind: 'fenced', target, succeeded }));
    });
  }
}

const messageBytes = 32;

function bytesOf(message: PeerMessage): number {
  if (message.kind === 'submit') return messageBytes + message.run.payload.byteLength;
  if (message.kind !== 'order' && message.kind !== 'entries') return messageBytes;
  return message.runs.reduce((bytes, run) => bytes + run.payload.byteLength, messageBytes);
}
