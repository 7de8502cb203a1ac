import type { Milliseconds } from '@lockstep/contracts';

/** Something that will happen at a virtual time, unless it is cancelled before. */
export interface Appointment {
  readonly at: Milliseconds;
  cancelled: boolean;
}

interface Entry extends Appointment {
  readonly sequence: number;
  readonly run: () => void;
}

/**
 * Virtual time: a binary heap of what is to happen. Of two things at the same time the one that was arranged first
 * happens first, so a run never depends on anything but the order of the calls.
 */
export class Scheduler {
  #now: Milliseconds = 0;
  #sequence = 0;
  readonly #heap: Entry[] = [];

  get now(): Milliseconds {
    return this.#now;
  }

  /** Arranges for `run` to be called at the given time, or now if that has passed. */
  at(time: Milliseconds, run: () => void): Appointment {
    const entry: Entry = { at: Math.max(time, this.#now), sequence: this.#sequence++, run, cancelled: false };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return entry;
  }

  after(delayMs: Milliseconds, run: () => void): Appointment {
    return this.at(this.#now + delayMs, run);
  }

  /** Does the next thing that is due until `limit`; false if there is none, and then it is `limit`. */
  runNext(limit: Milliseconds): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > limit) {
        this.#now = limit;
        return false;
      }
      this.#removeFirst();
      if (next.cancelled) continue;
      this.#now = next.at;
      next.run();
      return true;
    }
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let first = index;
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left;
      if (left + 1 < this.#heap.length && this.#isBefore(left + 1, first)) first = left + 1;
      if (first === index) return;
      this.#swap(index, first);
      index = first;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const left = this.#heap[one]!;
    const right = this.#heap[other]!;
    return left.at === right.at ? left.sequence < right.sequence : left.at < right.at;
  }

  #swap(one: number, other: number): void {
    const kept = this.#heap[one]!;
    this.#heap[one] = this.#heap[other]!;
    this.#heap[other] = kept;
  }
}
