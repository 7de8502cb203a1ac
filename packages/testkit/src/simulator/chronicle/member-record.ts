import type { ClientId, ConnectionNumber, IncarnationId, MemberName } from '@lockstep/contracts';
import type { MemberProcess } from '../processes/member-process.js';
import type { ModelChannel } from '../service/model-channel.js';
import type { GroupRecord } from './group-record.js';
import { OutputRecord } from './output-record.js';
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
  /** The first place at which it has something else than the group kept; it must never come back. */
  divergedAt: number | undefined;
  /** Its service did not finish a turn in time, so the order between connections is open from there. */
  hasGateTimedOut = false;
  /** By connection key. */
  readonly outputs = new Map<string, OutputRecord>();
  /** The service's side of its connections, by key. */
  readonly channels = new Map<string, ModelChannel>();
  /** The key of the connection that a client interceptor's number means at present. */
  readonly #keys = new Map<string, string>();
  /** What it has submitted; the first has submission number 1. */
  readonly submissions: Uint8Array[] = [];

  constructor(process: MemberProcess, isWitness: boolean) {
    this.process = process;
    this.id = process.id;
    this.name = process.name;
    this.isWitness = isWitness;
  }

  /** Whether the entry that it has executed here is the one that the group has agreed on for good. */
  shares(order: number): boolean {
    if (order === 0) return true;
    const slot = this.group?.settled(order);
    return slot !== undefined && slot.view.number <= (this.view?.number ?? 0) && order <= this.delivered;
  }

  /** The executor is given a new connection. */
  opened(key: string): void {
    this.outputs.set(key, new OutputRecord(key));
    this.#keys.set(key.slice(0, key.lastIndexOf('@')), key);
  }

  outputOf(client: ClientId, connection: ConnectionNumber): OutputRecord {
    const key = this.#keys.get(`${client}:${connection}`) ?? `${client}:${connection}@?`;
    return this.outputs.get(key) ?? new OutputRecord(key);
  }

  get isAlive(): boolean {
    return this.process.isAlive && !this.isOver;
  }
}
