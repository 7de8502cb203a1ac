import type { Scheduler } from '../base/scheduler.js';
import { Pipe, type Route } from './pipe.js';

/** Who holds one end of a link. */
export interface Endpoint {
  /** For the trace. */
  readonly id: string;
  readonly host: string;
  /** Neither dead nor paused: it reads and closes its sockets. */
  readonly isRunning: boolean;
  /** There is something to read. */
  wake(): void;
}

/** What one end reads, in its order. `up` comes first and once, nothing comes after `down`. */
export type Arrival<Message> =
  | { readonly kind: 'up' }
  | { readonly kind: 'message'; readonly message: Message; readonly bytes: number }
  | { readonly kind: 'down' };

type Parcel<Message> = { readonly message: Message } | 'end';

/** The two independent ways of a link; what goes one way never holds up the other. */
export const lanes = ['main', 'transfer'] as const;
export type LaneName = (typeof lanes)[number];

/** One end of a link, as the process that holds it sees it: a socket with its buffers. */
export class LinkEnd<Out, In> {
  readonly owner: Endpoint;
  /** Arrived and not read yet. */
  readonly arrivals: Arrival<In>[] = [{ kind: 'up' }];
  /** When something was last heard from the other side, by the sweep for silence. */
  lastHeardMs: number;
  /** The owner has too much under way, and is to be woken when the other side reads. */
  awaitsRoom = false;
  #unreadBytes = 0;
  #isOpen = true;
  #isCut = false;
  #peer: LinkEnd<In, Out> | undefined;
  readonly #pipes = new Map<LaneName, Pipe<Parcel<Out>>>();

  constructor(owner: Endpoint, scheduler: Scheduler, route: Route) {
    this.owner = owner;
    this.lastHeardMs = scheduler.now;
    for (const lane of lanes) {
      this.#pipes.set(
        lane,
        new Pipe<Parcel<Out>>(scheduler, route, (parcel, bytes) => this.peer.arrive(parcel, bytes)),
      );
    }
  }

  get peer(): LinkEnd<In, Out> {
    return this.#peer!;
  }

  set peer(peer: LinkEnd<In, Out>) {
    this.#peer = peer;
  }

  /** False once this end has been closed, or has seen the link break. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Bytes that were sent here and not read there: what backpressure goes by. */
  get backlogBytes(): number {
    let bytes = this.peer.#unreadBytes;
    for (const pipe of this.#pipes.values()) bytes += pipe.bytes;
    return bytes;
  }

  /** How many messages are under way from here. */
  get inFlight(): number {
    let count = 0;
    for (const pipe of this.#pipes.values()) count += pipe.count;
    return count;
  }

  /** Sends; what is sent on a broken link is lost, as with any socket. */
  send(message: Out, lane: LaneName, bytes: number): void {
    if (this.#isOpen && !this.#isCut) this.#pipes.get(lane)!.push({ message }, bytes);
  }

  /** Takes the first `count` arrivals. */
  read(count: number): Arrival<In>[] {
    const taken = this.arrivals.splice(0, count);
    for (const arrival of taken) if (arrival.kind === 'message') this.#unreadBytes -= arrival.bytes;
    if (this.peer.awaitsRoom) this.peer.owner.wake();
    return taken;
  }

  /** Closes this end behind what was sent; nothing more is read here. The owner is told nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#shut();
    this.#pipes.get('main')!.push('end', 0);
  }

  /** This end finds the link broken; its owner will read so, behind what has arrived. */
  fail(): void {
    if (!this.#isOpen) return;
    const unread = [...this.arrivals];
    this.#shut();
    this.arrivals.push(...unread, { kind: 'down' });
    this.owner.wake();
  }

  /** Loses what is under way from here, except for the first `kept` messages of the main lane. */
  lose(kept = 0): Out[] {
    return lanes
      .flatMap((lane) => this.#pipes.get(lane)!.lose(lane === 'main' ? kept : 0))
      .flatMap((parcel) => (parcel === 'end' ? [] : [parcel.message]));
  }

  /** Nothing that is sent from now on arrives, although the owner does not know yet: a stream never goes on behind a gap. */
  cut(): void {
    this.#isCut = true;
  }

  /** Says `end` to the other side although this side is gone. */
  sayEnd(): void {
    this.#pipes.get('main')!.push('end', 0);
  }

  /** The way is open again. */
  release(delayMs: number): void {
    for (const pipe of this.#pipes.values()) pipe.release(delayMs);
  }

  arrive(parcel: Parcel<In>, bytes: number): void {
    if (!this.#isOpen) return;
    if (parcel === 'end') {
      this.fail();
      return;
    }
    this.arrivals.push({ kind: 'message', message: parcel.message, bytes });
    this.#unreadBytes += bytes;
    this.owner.wake();
  }

  #shut(): void {
    this.#isOpen = false;
    this.arrivals.length = 0;
    this.#unreadBytes = 0;
  }
}
