import type { IncarnationId, MemberName } from '@lockstep/contracts';
import type { MemberProcess } from '../processes/member-process.js';
import type { GroupRecord } from './group-record.js';
import type { ViewRecord } from './view-record.js';

/** One incarnation of a member, and what was seen of it. */
export class MemberRecord {
  readonly id: IncarnationId;
  readonly name: MemberName;
  readonly isWitness: boolean;
  readonly process: MemberProcess;
  group: GroupRecord | undefined;
  view: ViewRecord | undefined;
  role: 'member' | 'learner' | undefined;
  /** Has it in its log: what it may have told others. */
  received = 0;
  /** Handed to the layer above: D(p) ends here. */
  delivered = 0;
  /** What it has said is stable. */
  stable = 0;
  isOver = false;
  /** Whether it asked to leave. */
  isLeaving = false;
  /** The first place at which it has something else than the group kept; it must never come back. */
  divergedAt: number | undefined;
  /** Its service did not finish a turn in time, so the order between connections is open from there. */
  hasGateTimedOut = false;
  /** What it has submitted; the first has submission number 1. */
  readonly submissions: Uint8Array[] = [];

  constructor(process: MemberProcess, isWitness: boolean) {
    this.process = process;
    this.id = process.id;
    this.name = process.name;
    this.isWitness = isWitness;
  }

  get isAlive(): boolean {
    return this.process.isAlive && !this.isOver;
  }
}
