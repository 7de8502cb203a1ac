import {
  memberNameOf,
  type ClientId,
  type ConnectionNumber,
  type IncarnationId,
  type MemberName,
  type OrderedRuns,
  type View,
} from '@lockstep/contracts';
import type { ClientEffect, MemberEffect, ReplicaEffect, ReplicaInput } from '@lockstep/core/protocol';
import type { Invariant } from '../invariants/invariant.js';
import type { ClientProcess } from '../processes/client-process.js';
import type { MemberProcess } from '../processes/member-process.js';
import type { ModelChannel } from '../service/model-channel.js';
import type { World } from '../worlds/world.js';
import { ClientRecord, type DeliveredConnection } from './client-record.js';
import { entriesOf, GroupRecord, slotOf } from './group-record.js';
import { MemberRecord } from './member-record.js';
import { Reference } from './reference.js';
import { ViewRecord } from './view-record.js';

const decoder = new TextDecoder();

/**
 * What really happened in a world, written down by somebody who sees every process: views, order, output, deliveries. The
 * invariants are asked after each event, and throw.
 */
export class Chronicle {
  readonly world: World;
  readonly members = new Map<IncarnationId, MemberRecord>();
  readonly clients = new Map<ClientId, ClientRecord>();
  readonly groups = new Map<string, GroupRecord>();
  /** The group that views are installed in at present. */
  group: GroupRecord | undefined;
  /** Incarnations that a fence has put out of action. */
  readonly fenced = new Set<IncarnationId>();
  /** Members that a fault has touched, in themselves or on a link of theirs, and laggards. */
  readonly disturbed = new Set<MemberName>();
  /** The world has come to rest: from here on nothing may happen but heartbeats. */
  isAtRest = false;
  readonly #invariants: readonly Invariant[];
  readonly #references = new Map<GroupRecord, Reference>();
  #answered = 0;

  constructor(world: World, invariants: (chronicle: Chronicle) => readonly Invariant[]) {
    this.world = world;
    this.#invariants = invariants(this);
  }

  memberStarted(process: MemberProcess, isWitness: boolean): void {
    this.members.set(process.id, new MemberRecord(process, isWitness));
  }

  memberDied(process: MemberProcess): void {
    const member = this.#record(process);
    for (const invariant of this.#invariants) invariant.died?.(member);
  }

  clientStarted(process: ClientProcess): void {
    this.clients.set(process.id, new ClientRecord(process, this.world.scheduler.now));
  }

  submitted(process: MemberProcess, entries: readonly Uint8Array[]): void {
    this.#record(process).submissions.push(...entries);
  }

  /** A member has taken a step; nothing of it has left the process yet. */
  stepped(process: MemberProcess, effects: readonly MemberEffect[]): void {
    const member = this.#record(process);
    for (const effect of effects) {
      if (effect.kind === 'view') this.#entered(member, effect.view, effect.role);
      else if (effect.kind === 'report' && effect.event === 'laggard')
        this.#disturb(effect.fields['peer'] as IncarnationId);
    }
    const { ordered, stable, wedged } = process.snapshot;
    if (wedged) member.view?.wedged.add(member.id);
    if (ordered === member.received && stable === member.stable) return;
    member.received = ordered;
    member.stable = stable;
    this.#advance(member.group);
    for (const invariant of this.#invariants) invariant.stepped?.(member);
  }

  memberActed(process: MemberProcess, effect: MemberEffect): void {
    const member = this.#record(process);
    if (effect.kind === 'ordered') this.#delivered(member, effect.ordered);
    for (const invariant of this.#invariants) invariant.memberActed?.(member, effect);
    if (effect.kind === 'excluded') member.isOver = true;
  }

  replicaTold(process: MemberProcess, input: ReplicaInput): void {
    const member = this.#record(process);
    if (input.kind === 'output') {
      member.outputs.get(input.connection)?.append(decoder.decode(input.segment.payload), input.cause);
    } else if (input.kind === 'output-end' || input.kind === 'output-reset') {
      member.outputs.get(input.connection)?.finish(input.kind === 'output-end' ? 'end' : 'reset', input.cause);
    }
    for (const invariant of this.#invariants) invariant.replicaTold?.(member, input);
  }

  replicaActed(process: MemberProcess, effect: ReplicaEffect): void {
    const member = this.#record(process);
    if (effect.kind === 'execute') {
      for (const { kind, connection } of effect.operations) if (kind === 'open') member.opened(connection);
    } else if (effect.kind === 'send-client') {
      for (const message of effect.messages) {
        if (message.kind === 'attached') this.clients.get(effect.client)?.confirmed.set(message.epoch, member.group!);
      }
    }
    for (const invariant of this.#invariants) invariant.replicaActed?.(member, effect);
  }

  /** The executor has given something to the service; it had not processed what `waitingFor` was given before. */
  fed(
    process: MemberProcess,
    channel: ModelChannel,
    what: Uint8Array | 'open' | 'end' | 'reset',
    waitingFor: readonly ModelChannel[],
  ): void {
    const member = this.#record(process);
    for (const invariant of this.#invariants) invariant.fed?.(member, channel, what, waitingFor);
  }

  clientActed(process: ClientProcess, effect: ClientEffect): void {
    const client = this.clients.get(process.id)!;
    if (effect.kind === 'accepted') client.accepted(effect.connection);
    if (effect.kind === 'report') client.reported(effect);
    if (effect.kind === 'deliver')
      this.#deliveredTo(client, effect.connection).text += decoder.decode(effect.segment.payload);
    if (effect.kind === 'deliver-end') this.#deliveredTo(client, effect.connection).end = 'end';
    if (effect.kind === 'deliver-reset') this.#deliveredTo(client, effect.connection).end = 'reset';
    for (const invariant of this.#invariants) invariant.clientActed?.(client, effect);
  }

  /** The client's side of a connection has taken so many bytes. */
  taken(process: ClientProcess, connection: ConnectionNumber, bytes: number): void {
    this.#deliveredTo(this.clients.get(process.id)!, connection).taken = bytes;
  }

  /** The service of this member did not finish a turn in time: the order between its connections is open from here. */
  gateTimedOut(process: MemberProcess): void {
    this.#record(process).hasGateTimedOut = true;
  }

  /** Comparisons that are too expensive after each event, of a replica whose service is well. */
  inspect(process: MemberProcess): void {
    if (process.replica?.isServiceDead !== false) return;
    const member = this.#record(process);
    for (const invariant of this.#invariants) invariant.inspected?.(member);
  }

  requested(line: string): void {
    for (const invariant of this.#invariants) invariant.requested?.(line);
  }

  /** A client was told that its request has this place in the history of the group that it is attached to. */
  answered(interceptor: ClientProcess, line: string, place: number): void {
    this.#answered++;
    const { group } = this.clients.get(interceptor.id)!;
    for (const invariant of this.#invariants) invariant.answered?.(line, place, group);
  }

  /** Requests that were answered. */
  get answers(): number {
    return this.#answered;
  }

  /** Whether some service did not finish a turn in time, so that replicas may differ by right. */
  get isOrderOpen(): boolean {
    for (const member of this.members.values()) if (member.hasGateTimedOut) return true;
    return false;
  }

  /** What must come out of this group, as far as it has agreed for good. */
  referenceOf(group: GroupRecord): Reference {
    let reference = this.#references.get(group);
    if (reference === undefined) {
      reference = new Reference(group, {
        onAcknowledged: (connection, before, how) => {
          if (how === 'attach' && before < connection.acknowledged) this.world.marks.hit('acknowledged-at-attach');
          for (const invariant of this.#invariants) invariant.acknowledged?.(connection);
        },
        onExpired: (client) => {
          this.world.marks.hit('client-expired');
          const record = this.clients.get(client as ClientId);
          if (record !== undefined) record.isExpired = true;
        },
      });
      this.#references.set(group, reference);
    }
    reference.advance();
    return reference;
  }

  /** What has still to happen before the world is at rest, by the first invariant that misses something. */
  unfinished(): { readonly invariant: string; readonly what: string } | undefined {
    for (const invariant of this.#invariants) {
      const what = invariant.unfinished?.();
      if (what !== undefined) return { invariant: invariant.name, what };
    }
    return undefined;
  }

  #deliveredTo(client: ClientRecord, connection: ConnectionNumber): DeliveredConnection {
    const delivered = client.delivered.get(connection) ?? { text: '', taken: 0, end: undefined };
    client.delivered.set(connection, delivered);
    return delivered;
  }

  #record(process: MemberProcess): MemberRecord {
    return this.members.get(process.id)!;
  }

  /** Something has happened to a member that is a reason for the group to go on without it. */
  #disturb(incarnation: IncarnationId): void {
    this.disturbed.add(memberNameOf(incarnation));
  }

  #entered(member: MemberRecord, view: View, role: 'member' | 'learner'): void {
    const previous = member.view;
    const group = this.groups.get(view.genesis) ?? new GroupRecord(view.genesis);
    this.groups.set(view.genesis, group);
    let record = group.viewNumbered(view.number);
    if (record === undefined) {
      record = new ViewRecord(view);
      const before = group.viewNumbered(view.number - 1);
      if (before?.hasMember(member.id) === true) before.wedged.add(member.id);
      for (const invariant of this.#invariants) invariant.viewFormed?.(group, record, before);
      if (before !== undefined) before.next = record;
      group.views.push(record);
      this.group = group;
    }
    record.installedBy.add(member.id);
    member.group = group;
    member.view = record;
    member.role = role;
    this.#advance(group);
    for (const invariant of this.#invariants) invariant.viewEntered?.(member, record, previous, view);
  }

  #advance(group: GroupRecord | undefined): void {
    if (group === undefined) return;
    const final = group.computeFinal(this.members);
    if (final === group.final) return;
    const from = group.final + 1;
    group.final = final;
    for (const invariant of this.#invariants) invariant.finalised?.(group, from, final);
  }

  /** Writes down what was handed over, and compares it with what others got in the same places. */
  #delivered(member: MemberRecord, { first, runs }: OrderedRuns): void {
    const { group, view } = member;
    if (group === undefined || view === undefined) return;
    for (const place of entriesOf(first, runs)) {
      for (const invariant of this.#invariants) invariant.delivering?.(member, place);
      const slot = group.slots[place.order];
      const origin = group.viewOf(place.order, view);
      if (slot === undefined || (group.isDropped(slot) && slot.view.number < origin.number)) {
        group.slots[place.order] = slotOf(place, origin);
      } else if (slot.sender !== place.sender || slot.submission !== place.submission) {
        for (const invariant of this.#invariants) invariant.differed?.(member, place, slot);
        member.divergedAt ??= place.order;
      }
      member.delivered = place.order;
    }
  }
}
