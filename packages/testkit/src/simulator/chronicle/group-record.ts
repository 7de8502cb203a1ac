import type { EntryRun, IncarnationId } from '@lockstep/contracts';
import { decodeEntry } from '@lockstep/core/simulation';
import type { Entry } from '@lockstep/core/protocol';
import type { MemberRecord } from './member-record.js';
import type { ViewRecord } from './view-record.js';

/** One place in the order, as it was first handed over by anybody in the view that gave it. */
export interface Slot {
  readonly order: number;
  /** The view in which it was seen; what it does not keep is replaced in a later one. */
  readonly view: ViewRecord;
  readonly sender: IncarnationId;
  readonly submission: number;
  readonly bytes: Uint8Array;
  readonly entry: Entry | undefined;
}

/** One life of the group: its views and its order, seen from outside by somebody who knows everything. */
export class GroupRecord {
  readonly genesis: string;
  readonly views: ViewRecord[] = [];
  /** By order number; the place 0 is empty. */
  readonly slots: (Slot | undefined)[] = [undefined];
  /** Everything up to here can never be lost: a majority of the newest view has it, or it lies before that view. */
  final = 0;

  constructor(genesis: string) {
    this.genesis = genesis;
  }

  get latest(): ViewRecord | undefined {
    return this.views.at(-1);
  }

  /** The entry at this place, once nothing can change it any more and somebody has handed it over. */
  settled(order: number): Slot | undefined {
    if (order > this.final) return undefined;
    const slot = this.slots[order];
    return slot === undefined || this.isDropped(slot) ? undefined : slot;
  }

  /** Whether the view change that ended the slot's view left it out. */
  isDropped(slot: Slot): boolean {
    return slot.view.next !== undefined && slot.order > slot.view.next.start;
  }

  viewNumbered(number: number): ViewRecord | undefined {
    return this.views[number - 1];
  }

  /** The view in which somebody who is in `newest` got the entry at this place. */
  viewOf(order: number, newest: ViewRecord): ViewRecord {
    let origin = newest;
    while (order <= origin.start) {
      const before = this.viewNumbered(origin.number - 1);
      if (before === undefined) break;
      origin = before;
    }
    return origin;
  }

  /** Where the group really stands, from what the members of its newest view have in their logs. */
  computeFinal(members: ReadonlyMap<IncarnationId, MemberRecord>): number {
    const { latest } = this;
    if (latest === undefined) return 0;
    const received = latest.view.members
      .map(({ incarnation }) => members.get(incarnation))
      .map((member) => (member?.view === latest ? member.received : latest.start))
      .sort((one, other) => other - one);
    return Math.max(this.final, latest.start, received[Math.floor(received.length / 2)] ?? 0);
  }
}

/** The entries of ordered runs, one by one. */
export function* entriesOf(first: number, runs: readonly EntryRun[]): Generator<Omit<Slot, 'view' | 'entry'>> {
  let order = first;
  for (const { sender, firstSubmission, lengths, payload } of runs) {
    let offset = 0;
    let submission = firstSubmission as number;
    for (const length of lengths) {
      yield { order: order++, sender, submission: submission++, bytes: payload.subarray(offset, offset + length) };
      offset += length;
    }
  }
}

export function slotOf(place: Omit<Slot, 'view' | 'entry'>, view: ViewRecord): Slot {
  return { ...place, view, entry: decodeEntry(place.bytes) };
}
