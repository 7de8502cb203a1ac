import type { Milliseconds } from '@lockstep/contracts';
import type { Random } from '../base/random.js';
import type { Scheduler } from '../base/scheduler.js';
import { LinkEnd, type Endpoint } from './link.js';
import type { Route } from './pipe.js';

/** How long messages take. */
export interface Latency {
  readonly lowMs: Milliseconds;
  readonly highMs: Milliseconds;
  /** How much longer each kilobyte takes. */
  readonly perKilobyteMs: Milliseconds;
}

type AnyEnd = LinkEnd<unknown, unknown>;

/** The hosts' network: which ways are open, how slow they are, and all links. */
export class Network {
  latency: Latency;
  /** Told about each message that a broken link has lost. */
  onLost: (message: unknown) => void = () => {};
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #blocked = new Set<string>();
  /** One end of each link that is open at one end at least. */
  readonly #links = new Set<AnyEnd>();

  constructor(scheduler: Scheduler, random: Random, latency: Latency) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.latency = latency;
  }

  isOpen(from: string, to: string): boolean {
    return !this.#blocked.has(`${from}>${to}`);
  }

  /** Cuts one direction: what is under way waits, as it would in retransmission. */
  block(from: string, to: string): void {
    this.#blocked.add(`${from}>${to}`);
  }

  /** Opens one direction; what waited arrives soon. */
  unblock(from: string, to: string): void {
    if (!this.#blocked.delete(`${from}>${to}`)) return;
    for (const end of this.ends()) {
      if (end.owner.host === from && end.peer.owner.host === to) end.release(this.#random.delayMs(0.1, 20));
    }
  }

  healAll(): void {
    for (const way of [...this.#blocked]) {
      const [from, to] = way.split('>');
      this.unblock(from!, to!);
    }
  }

  get hasBlocked(): boolean {
    return this.#blocked.size > 0;
  }

  /** A new link between two processes; both will read `up`. */
  connect<Out, In>(from: Endpoint, to: Endpoint): [LinkEnd<Out, In>, LinkEnd<In, Out>] {
    const near = new LinkEnd<Out, In>(from, this.#scheduler, this.#route(from.host, to.host));
    const far = new LinkEnd<In, Out>(to, this.#scheduler, this.#route(to.host, from.host));
    near.peer = far;
    far.peer = near;
    this.#links.add(near as AnyEnd);
    from.wake();
    to.wake();
    return [near, far];
  }

  /** Both ends of every link that is open at one end at least. */
  ends(): AnyEnd[] {
    const ends: AnyEnd[] = [];
    for (const end of this.#links) {
      if (end.isOpen || end.peer.isOpen) ends.push(end, end.peer);
      else this.#links.delete(end);
    }
    return ends;
  }

  /** Something between the hosts resets the link: what is under way is lost, and both ends learn it in their time. */
  reset(end: AnyEnd): void {
    for (const side of [end, end.peer]) {
      this.#lose(side, 0);
      side.cut();
      this.#scheduler.after(this.#random.delayMs(0, 5), () => side.fail());
    }
  }

  /** The kernel of a killed process closes its socket: some of what it sent still arrives, then the end. */
  abandon(end: AnyEnd): void {
    this.#lose(end, this.#random.integer(0, end.inFlight));
    this.#lose(end.peer, 0);
    end.close();
  }

  /** The host lost its power: nothing of it arrives, and nobody is told. */
  vanish(end: AnyEnd): void {
    this.#lose(end, 0);
    this.#lose(end.peer, 0);
    end.fail();
  }

  /** The link layer of a running process closes a link that has been silent for too long. */
  sweep(silenceMsMax: Milliseconds, isTalking: (speaker: Endpoint) => boolean): void {
    for (const end of this.ends()) {
      const speaker = end.peer.owner;
      const isHeard = isTalking(speaker) && end.peer.isOpen && this.isOpen(speaker.host, end.owner.host);
      // A process that was paused itself has heard nothing, and reads before it judges.
      if (isHeard || !end.owner.isRunning) end.lastHeardMs = this.#scheduler.now;
      else if (end.isOpen && this.#scheduler.now - end.lastHeardMs > silenceMsMax) this.#giveUp(end);
    }
  }

  #giveUp(end: AnyEnd): void {
    this.#lose(end, 0);
    end.fail();
    // The other side hears the reset, if it still gets through to it.
    end.sayEnd();
  }

  #lose(end: AnyEnd, kept: number): void {
    for (const message of end.lose(kept)) this.onLost(message);
  }

  #route(from: string, to: string): Route {
    return {
      isOpen: () => this.isOpen(from, to),
      delayMs: (bytes) => {
        const { lowMs, highMs, perKilobyteMs } = this.latency;
        return this.#random.delayMs(lowMs, highMs) + (bytes / 1024) * perKilobyteMs;
      },
    };
  }
}
