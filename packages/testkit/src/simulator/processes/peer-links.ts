import { memberNameOf, type IncarnationId, type MemberName } from '@lockstep/contracts';
import type { MemberInput, PeerMessage } from '@lockstep/core/protocol';
import type { LinkEnd } from '../network/link.js';
import type { World } from '../worlds/world.js';
import type { MemberProcess } from './member-process.js';

export type PeerEnd = LinkEnd<PeerMessage, PeerMessage>;

const redialMs = { low: 2, high: 12 };
const handshakeMs = { low: 0.2, high: 2 };

/**
 * What the link layer of a member does: keeps a link to every other configured member, dials again at once when one breaks,
 * and finds the proofs that an incarnation is gone.
 */
export class PeerLinks {
  readonly ends = new Map<IncarnationId, PeerEnd>();
  /** What the member is to be told before anything is read. */
  readonly notices: MemberInput[] = [];
  readonly #process: MemberProcess;
  readonly #world: World;
  /** Every incarnation that a link was had with, by name. */
  readonly #known = new Map<MemberName, Set<IncarnationId>>();
  readonly #gone = new Set<IncarnationId>();
  readonly #dialling = new Set<MemberName>();

  constructor(process: MemberProcess, world: World) {
    this.#process = process;
    this.#world = world;
  }

  start(): void {
    for (const { name } of this.#world.plan.group.members) if (name !== this.#process.name) this.#dial(name, 0);
  }

  /** The other side has connected, or this side's dial has succeeded. */
  accept(peer: IncarnationId, end: PeerEnd): void {
    const name = memberNameOf(peer);
    for (const other of this.#incarnationsOf(name)) if (other !== peer) this.#proveGone(other);
    const replaced = this.ends.get(peer);
    if (replaced !== undefined) {
      replaced.close();
      this.notices.push({ kind: 'link-down', peer });
    }
    this.ends.set(peer, end);
    this.#knownOf(name).add(peer);
    this.#process.wake();
  }

  /** The process has read the end of the link. */
  lost(peer: IncarnationId): void {
    this.ends.delete(peer);
    this.#dial(memberNameOf(peer), this.#world.random.delayMs(0, 1));
  }

  /** Whether there is a link that this side believes in, to any incarnation of this name. */
  isLinked(name: MemberName): boolean {
    for (const peer of this.ends.keys()) if (memberNameOf(peer) === name) return true;
    return false;
  }

  #dial(name: MemberName, delayMs: number): void {
    if (this.#dialling.has(name)) return;
    this.#dialling.add(name);
    const { random, scheduler } = this.#world;
    scheduler.after(delayMs + random.delayMs(handshakeMs.low, handshakeMs.high), () => {
      this.#dialling.delete(name);
      if (!this.#process.isAlive || this.isLinked(name)) return;
      if (!this.#process.isRunning || !this.#attempt(name))
        this.#dial(name, random.delayMs(redialMs.low, redialMs.high));
    });
  }

  /** One attempt; false if it has to be repeated. */
  #attempt(name: MemberName): boolean {
    const { network, memberHosts } = this.#world;
    const host = memberHosts.get(name)!;
    if (!host.isPowered || !network.isOpen(this.#process.host, name) || !network.isOpen(name, this.#process.host))
      return false;
    const other = host.process;
    if (other === undefined) {
      for (const incarnation of this.#incarnationsOf(name)) this.#proveGone(incarnation);
      return false;
    }
    if (!other.isRunning) return false;
    const [near, far] = network.connect<PeerMessage, PeerMessage>(this.#process, other);
    this.accept(other.id, near);
    other.links.accept(this.#process.id, far);
    return true;
  }

  #proveGone(incarnation: IncarnationId): void {
    if (this.#gone.has(incarnation)) return;
    this.#gone.add(incarnation);
    const end = this.ends.get(incarnation);
    if (end !== undefined) {
      end.close();
      this.ends.delete(incarnation);
      this.notices.push({ kind: 'link-down', peer: incarnation });
    }
    this.notices.push({ kind: 'gone', peer: incarnation });
    this.#process.wake();
  }

  /** Every incarnation of the name that this process has heard of, on a link or in a view. */
  #incarnationsOf(name: MemberName): IncarnationId[] {
    const view = this.#process.view;
    const listed = [...(view?.members ?? []), ...(view?.learners ?? [])]
      .map((member) => member.incarnation)
      .filter((incarnation) => memberNameOf(incarnation) === name);
    return [...new Set([...this.#knownOf(name), ...listed])].sort();
  }

  #knownOf(name: MemberName): Set<IncarnationId> {
    const known = this.#known.get(name) ?? new Set();
    this.#known.set(name, known);
    return known;
  }
}
