import type { Milliseconds } from '@lockstep/contracts';
import type { Scheduler } from '../base/scheduler.js';

/** What a pipe asks about the way between its two hosts. */
export interface Route {
  /** False while nothing gets through: what arrives then waits, as retransmission would have it. */
  isOpen(): boolean;
  /** How long the next message takes. */
  delayMs(bytes: number): Milliseconds;
}

interface Item<Message> {
  readonly message: Message;
  readonly bytes: number;
}

/** One direction of one connection: first in, first out, with delays. Nothing in it is lost unless the link breaks. */
export class Pipe<Message> {
  readonly #scheduler: Scheduler;
  readonly #route: Route;
  readonly #deliver: (message: Message, bytes: number) => void;
  #items: Item<Message>[] = [];
  #lastArrival: Milliseconds = 0;
  /** How many of the first items have come as far as the blocked place. */
  #held = 0;
  #generation = 0;
  #bytes = 0;

  constructor(scheduler: Scheduler, route: Route, deliver: (message: Message, bytes: number) => void) {
    this.#scheduler = scheduler;
    this.#route = route;
    this.#deliver = deliver;
  }

  /** Bytes that were sent and have not arrived. */
  get bytes(): number {
    return this.#bytes;
  }

  push(message: Message, bytes: number): void {
    this.#items.push({ message, bytes });
    this.#bytes += bytes;
    this.#lastArrival = Math.max(this.#lastArrival, this.#scheduler.now + this.#route.delayMs(bytes));
    const generation = this.#generation;
    this.#scheduler.at(this.#lastArrival, () => {
      if (generation !== this.#generation) return;
      if (this.#route.isOpen()) this.#arrive();
      else this.#held++;
    });
  }

  /** The way is open again: what was held arrives after a while. */
  release(delayMs: Milliseconds): void {
    if (this.#held === 0) return;
    const generation = this.#generation;
    this.#scheduler.after(delayMs, () => {
      if (generation !== this.#generation || !this.#route.isOpen()) return;
      for (let left = this.#held; left > 0; left--) this.#arrive();
      this.#held = 0;
    });
  }

  /** Loses everything behind the first `kept` items; the rest arrives as before. Returns what was lost. */
  lose(kept = 0): Message[] {
    const lost = this.#items.slice(kept);
    if (kept === 0) {
      this.#generation++;
      this.#items = [];
      this.#held = 0;
      this.#bytes = 0;
    } else {
      // Appointments of the lost items stay: they find an empty pipe.
      this.#items.length = Math.min(kept, this.#items.length);
      for (const item of lost) this.#bytes -= item.bytes;
    }
    return lost.map((item) => item.message);
  }

  /** How many items are under way. */
  get count(): number {
    return this.#items.length;
  }

  #arrive(): void {
    const item = this.#items.shift();
    if (item === undefined) return;
    this.#bytes -= item.bytes;
    this.#deliver(item.message, item.bytes);
  }
}
