import type { ClientId } from '@lockstep/contracts';
import type { ClientToMember, MemberToClient, ReplicaInput } from '@lockstep/core/protocol';
import type { LinkEnd } from '../network/link.js';
import type { World } from '../worlds/world.js';
import type { MemberProcess } from './member-process.js';

export type ClientEnd = LinkEnd<MemberToClient, ClientToMember>;

interface Link {
  readonly end: ClientEnd;
  writable: boolean;
}

/** A member's links to client interceptors, at most one for each. */
export class ClientEnds {
  readonly #process: MemberProcess;
  readonly #world: World;
  readonly #tell: (input: ReplicaInput) => void;
  readonly #links = new Map<ClientId, Link>();
  /** Links that another one of the same client has replaced: their end is told before the new one's beginning. */
  readonly #replaced: ClientId[] = [];
  #isHeld = false;

  constructor(process: MemberProcess, world: World, tell: (input: ReplicaInput) => void) {
    this.#process = process;
    this.#world = world;
    this.#tell = tell;
  }

  accept(client: ClientId, end: ClientEnd): void {
    const link = this.#links.get(client);
    if (link !== undefined) {
      link.end.close();
      this.#replaced.push(client);
    }
    this.#links.set(client, { end, writable: true });
  }

  sources(): (() => void)[] {
    const sources: (() => void)[] = [];
    for (const client of this.#replaced.splice(0)) this.#tell({ kind: 'client-link-down', client });
    for (const [client, link] of this.#links) {
      if (link.end.arrivals.length > 0 && !this.#mustWait(link)) sources.push(() => this.#read(client, link));
      if (!link.writable && this.#isWritable(link)) sources.push(() => this.#noteWritable(client, link));
    }
    return sources;
  }

  get hasMore(): boolean {
    for (const link of this.#links.values()) if (link.end.arrivals.length > 0 && !this.#mustWait(link)) return true;
    return this.#replaced.length > 0;
  }

  send(client: ClientId, messages: readonly MemberToClient[]): void {
    const link = this.#links.get(client);
    if (link === undefined) return;
    for (const message of messages) link.end.send(this.#world.sealed(message), 'main', bytesOf(message));
    this.#noteWritable(client, link);
  }

  /** Closes behind what was sent; nothing more is told about the link. */
  close(client: ClientId): void {
    this.#links.get(client)?.end.close();
    this.#links.delete(client);
  }

  hold(hold: boolean): void {
    this.#isHeld = hold;
    if (!hold) this.#process.wake();
  }

  died(): void {
    for (const { end } of this.#links.values()) this.#world.severed(end as never);
  }

  /** A held link is not read, but its breaking is noticed. */
  #mustWait({ end }: Link): boolean {
    return this.#isHeld && end.arrivals[0]?.kind === 'message';
  }

  #read(client: ClientId, link: Link): void {
    const { random } = this.#world;
    const { arrivals } = link.end;
    const count = random.chance(0.1) ? random.integer(1, arrivals.length) : arrivals.length;
    let messages: ClientToMember[] = [];
    const deliver = (): void => {
      if (messages.length > 0) this.#tell({ kind: 'client-messages', client, messages });
      messages = [];
    };
    for (const arrival of link.end.read(count)) {
      if (arrival.kind === 'message') {
        messages.push(arrival.message);
        continue;
      }
      deliver();
      if (this.#links.get(client) !== link) return;
      if (arrival.kind === 'down') this.#links.delete(client);
      this.#tell({ kind: arrival.kind === 'up' ? 'client-link-up' : 'client-link-down', client });
    }
    if (this.#links.get(client) === link) deliver();
  }

  #isWritable({ end }: Link): boolean {
    return end.backlogBytes < this.#world.plan.linkBytesMax / 2;
  }

  #noteWritable(client: ClientId, link: Link): void {
    const writable = link.writable ? link.end.backlogBytes < this.#world.plan.linkBytesMax : this.#isWritable(link);
    if (writable === link.writable) return;
    link.writable = writable;
    link.end.awaitsRoom = !writable;
    this.#tell({ kind: 'client-link-writable', client, writable });
  }
}

function bytesOf(message: MemberToClient): number {
  if (message.kind !== 'output') return 32;
  return message.segments.reduce((bytes, segment) => bytes + (segment.kind === 'data' ? segment.length : 0), 32);
}
