import type { ClientId, IncarnationId } from '@lockstep/contracts';
import type { MemberEffect, MemberToClient, PeerMessage } from '@lockstep/core/protocol';
import type { Chronicle } from '../chronicle/chronicle.js';
import type { MemberRecord } from '../chronicle/member-record.js';
import type { Invariant } from './invariant.js';

/** X3: hits a mark whenever something that can happen does. Whether all marks are hit is for a batch of worlds to say. */
export function x3(chronicle: Chronicle): Invariant {
  const { marks } = chronicle.world;
  const messages = new MessageWatch(chronicle);
  return {
    name: 'X3',
    memberActed(member, effect) {
      if (effect.kind === 'send') messages.sent(member, effect.message, effect.to);
      if (effect.kind === 'report' && effect.event === 'laggard') marks.hit('laggard-excluded');
      if (effect.kind === 'view') messages.installed(member, effect);
      if (effect.kind !== 'excluded') return;
      if (effect.left) marks.hit('left-gracefully');
      if (effect.reason.startsWith('the first view')) marks.hit('genesis-interrupted');
    },
    viewFormed(group, view, before) {
      if (before === undefined) return;
      const received = before.view.members.map(({ incarnation }) => chronicle.members.get(incarnation)!.received);
      if (received.some((last) => last > group.final)) marks.hit('view-change-with-entries-in-flight');
      if (received.some((last) => last > view.start)) marks.hit('entries-dropped-by-view-change');
      const voters = before.membersIn(before.wedged);
      const isHalf = voters.length * 2 === before.view.members.length;
      if (isHalf && !chronicle.world.plan.group.fence) marks.hit('decided-by-half-with-rank-0');
    },
    died(member) {
      messages.died(member);
      const dead = [...chronicle.world.memberHosts.values()].filter(({ process }) => process === undefined).length;
      if (dead >= 2) marks.hit('two-failures-at-once');
    },
    replicaActed(_member, effect) {
      if (effect.kind === 'pause-output') marks.hit('output-paused');
      if (effect.kind === 'hold-clients' && effect.hold) marks.hit('clients-held');
      if (effect.kind === 'send-client') noteOverlap(effect.client, effect.messages);
    },
    clientActed(client, effect) {
      if (effect.kind !== 'report') return;
      if (effect.event === 'gave-up') marks.hit('gave-up');
      if (effect.event === 'attached' && client.hasFailedOver && hasUnacknowledged(client.id)) {
        marks.hit('failover-with-unacknowledged-output');
      }
    },
  };

  /** What was received and not acknowledged is sent again by another member, in pieces of other lengths. */
  function noteOverlap(id: ClientId, messages: readonly MemberToClient[]): void {
    const client = chronicle.clients.get(id);
    if (client?.hasFailedOver !== true) return;
    for (const segment of messages.flatMap((message) => (message.kind === 'output' ? message.segments : []))) {
      if (segment.kind !== 'data') continue;
      const given = client.givenTo(segment.connection);
      if (segment.position < given && given < segment.position + segment.length) marks.hit('segment-overlap');
    }
  }

  function hasUnacknowledged(client: string): boolean {
    const reference = chronicle.group && chronicle.referenceOf(chronicle.group);
    const connections = [...(reference?.clients.get(client)?.connections.values() ?? [])];
    return connections.some(({ output, acknowledged }) => acknowledged < output.length);
  }
}

/** What of the members' messages tells that something has happened. */
class MessageWatch {
  readonly #chronicle: Chronicle;
  /** The last submission that each member has sent to a sequencer. */
  readonly #submitted = new Map<IncarnationId, number>();
  /** The ballots that each member has promised in its view. */
  readonly #promised = new Map<IncarnationId, Set<number>>();
  /** The values proposed in each view, as text, with the ballots. */
  readonly #proposed = new Map<string, Map<string, number>>();
  /** Whom each learner has asked for history last. */
  readonly #donors = new Map<MemberRecord, IncarnationId>();
  #genesis: string | undefined;

  constructor(chronicle: Chronicle) {
    this.#chronicle = chronicle;
  }

  sent(member: MemberRecord, message: PeerMessage, to: readonly IncarnationId[]): void {
    const { marks } = this.#chronicle.world;
    switch (message.kind) {
      case 'submit': {
        const before = this.#submitted.get(member.id) ?? 0;
        const { firstSubmission, lengths } = message.run;
        if (firstSubmission <= before) marks.hit('resubmitted');
        this.#submitted.set(member.id, Math.max(before, firstSubmission + lengths.length - 1));
        return;
      }
      case 'promise': {
        const ballots = this.#promised.get(member.id) ?? new Set();
        this.#promised.set(member.id, ballots.add(message.ballot));
        return;
      }
      case 'accept': {
        const view = `${member.group!.genesis} ${message.view}`;
        const values = this.#proposed.get(view) ?? new Map<string, number>();
        this.#proposed.set(view, values);
        const value = JSON.stringify(message.value);
        const ballot = values.get(value) ?? message.ballot;
        values.set(value, ballot);
        if (ballot !== message.ballot) marks.hit('value-adopted');
        return;
      }
      case 'fetch':
        if (member.role === 'learner') this.#donors.set(member, to[0]!);
        return;
      case 'genesis':
        if (this.#genesis !== undefined && !this.#chronicle.groups.has(this.#genesis)) marks.hit('genesis-interrupted');
        this.#genesis = message.view.genesis;
        return;
      default:
    }
  }

  installed(member: MemberRecord, effect: Extract<MemberEffect, { kind: 'view' }>): void {
    if ((this.#promised.get(member.id)?.size ?? 0) > 1)
      this.#chronicle.world.marks.hit('wedged-and-freed-by-another-ballot');
    this.#promised.delete(member.id);
    if (effect.role === 'member' && this.#donors.delete(member)) this.#chronicle.world.marks.hit('learner-promoted');
  }

  died(member: MemberRecord): void {
    for (const [learner, donor] of this.#donors) {
      const isComplete = learner.received >= (learner.view?.start ?? 0);
      if (donor === member.id && learner.isAlive && !isComplete) this.#chronicle.world.marks.hit('donor-death');
    }
  }
}
