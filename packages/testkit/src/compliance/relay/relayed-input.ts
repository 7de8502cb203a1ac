import type { Segment } from '@lockstep/contracts';
import type { Random } from '../../simulator/base/random.js';
import type { Disturbances } from './disturbances.js';
import { cut, isDivisible, join } from './segments.js';

/** What a client has sent on one connection and the relay has not put into the order yet. */
export class RelayedInput {
  readonly #disturbances: Disturbances;
  readonly #random: Random;
  readonly #segments: Segment[] = [];
  /** Units that the client has sent, the end not counted. */
  received = 0;
  hasEnded = false;

  constructor(disturbances: Disturbances, random: Random) {
    this.#disturbances = disturbances;
    this.#random = random;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  push(segment: Segment): void {
    this.received += segment.length;
    this.#segments.push(segment);
  }

  /** The next segment for the order: cut, or joined with those behind it. */
  take(): Segment | undefined {
    let segment = this.#segments.shift();
    if (segment === undefined || !isDivisible(segment)) return segment;
    if (this.#random.chance(this.#disturbances.join)) {
      const end = this.#segments.findIndex((follower) => !isDivisible(follower));
      segment = join([segment, ...this.#segments.splice(0, end < 0 ? this.#segments.length : end)]);
    }
    if (segment.length > 1 && this.#random.chance(this.#disturbances.split)) {
      const [head, rest] = cut(segment, this.#random.integer(1, segment.length - 1));
      this.#segments.unshift(rest);
      segment = head;
    }
    return segment;
  }

  discard(): void {
    this.#segments.length = 0;
  }
}
