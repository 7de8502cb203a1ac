import type { ClientEffect, MemberEffect, ReplicaEffect, ReplicaInput } from '@lockstep/core/protocol';
import type { ClientRecord } from '../chronicle/client-record.js';
import type { GroupRecord, Slot } from '../chronicle/group-record.js';
import type { MemberRecord } from '../chronicle/member-record.js';
import type { ReferenceConnection } from '../chronicle/reference.js';
import type { ViewRecord } from '../chronicle/view-record.js';
import type { View } from '@lockstep/contracts';
import type { ModelChannel } from '../service/model-channel.js';

/** An entry in its place, as a member hands it over. */
export type Place = Omit<Slot, 'view' | 'entry'>;

/**
 * One row of PROOF.md, checked against what really happened. Each method is called after the event that it is named after,
 * before anything that follows from it has left the process, and throws a `Violation` if the world is not as it must be.
 */
export interface Invariant {
  /** Its name in PROOF.md. */
  readonly name: string;
  /** Somebody is the first to install this view. */
  viewFormed?(group: GroupRecord, view: ViewRecord, before: ViewRecord | undefined): void;
  /** A process has installed a view; `own` is the view as it has it. */
  viewEntered?(member: MemberRecord, view: ViewRecord, previous: ViewRecord | undefined, own: View): void;
  /** A member's log or what it calls stable has grown. */
  stepped?(member: MemberRecord): void;
  /** Everything from `from` to `to` can never be lost any more. */
  finalised?(group: GroupRecord, from: number, to: number): void;
  /** An entry is about to be handed to the layer above. */
  delivering?(member: MemberRecord, place: Place): void;
  /** It is not the entry that others have in this place. */
  differed?(member: MemberRecord, place: Place, slot: Slot): void;
  memberActed?(member: MemberRecord, effect: MemberEffect): void;
  /** A process has died, in whatever way. */
  died?(member: MemberRecord): void;
  replicaTold?(member: MemberRecord, input: ReplicaInput): void;
  replicaActed?(member: MemberRecord, effect: ReplicaEffect): void;
  /** The executor has given something to the service; `waitingFor` were given something before and are not done. */
  fed?(
    member: MemberRecord,
    channel: ModelChannel,
    what: Uint8Array | 'open' | 'end' | 'reset',
    waitingFor: readonly ModelChannel[],
  ): void;
  /** By the final order, a client has acknowledged output. */
  acknowledged?(connection: ReferenceConnection): void;
  clientActed?(client: ClientRecord, effect: ClientEffect): void;
  /** A client has sent this request. */
  requested?(line: string): void;
  /** A client was told that its request has this place in the history of this group. */
  answered?(line: string, place: number, group: GroupRecord | undefined): void;
  /** From time to time: comparisons that cost more. */
  inspected?(member: MemberRecord): void;
  /** What has still to happen before the world is at rest, now that all faults are over; undefined if nothing. */
  unfinished?(): string | undefined;
}
