import type { ChannelHandler, Segment } from '@lockstep/contracts';

/**
 * Tells a channel's handler what there is to tell, in order, and not while the channel is paused. What is told goes out at
 * once, so nothing is to be told from inside a call into the channel.
 */
export class Outlet {
  readonly #onDrained: () => void;
  readonly #handler: ChannelHandler;
  readonly #waiting: Segment[] = [];
  #waitingBytes = 0;
  #paused = false;
  #endIsDue = false;
  #closeIsDue = false;
  #ended = false;
  /** Nothing is told any more but that it is closed. */
  #broken = false;
  #closed = false;
  #takenUnits = 0;

  /**
   * @param onDrained called when everything that waited for `resume` is told
   */
  constructor(handler: ChannelHandler, onDrained: () => void) {
    this.#handler = handler;
    this.#onDrained = onDrained;
  }

  /** Bytes that wait for `resume`. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Whether what is told now has to wait. */
  get isBlocked(): boolean {
    return this.#paused || this.#waiting.length > 0;
  }

  get hasEnded(): boolean {
    return this.#ended || this.#endIsDue;
  }

  get isOver(): boolean {
    return this.#broken || this.#closed;
  }

  segment(segment: Segment): void {
    if (this.isOver || this.hasEnded) return;
    this.#waiting.push(segment);
    this.#waitingBytes += segment.payload.length;
    this.#drain();
  }

  end(): void {
    if (this.isOver || this.hasEnded) return;
    this.#endIsDue = true;
    this.#drain();
  }

  /** Says how many more units were taken. */
  taken(units: number): void {
    if (this.isOver || units === 0) return;
    this.#takenUnits += units;
    this.#handler.onTaken(this.#takenUnits);
  }

  reset(reason: Error, fault: 'peer' | 'local'): void {
    if (this.isOver) return;
    this.silence();
    this.#handler.onReset(reason, fault);
  }

  /** Tells nothing any more but that it is closed. */
  silence(): void {
    this.#broken = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#endIsDue = false;
  }

  closed(): void {
    this.#closeIsDue = true;
    this.#drain();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    process.nextTick(() => {
      this.#drain();
      if (!this.isBlocked) this.#onDrained();
    });
  }

  #drain(): void {
    while (!this.#paused) {
      const segment = this.#waiting.shift();
      if (segment === undefined) break;
      this.#waitingBytes -= segment.payload.length;
      this.#handler.onSegment(segment);
    }
    if (this.isBlocked && !this.#broken) return;
    if (this.#endIsDue) {
      this.#endIsDue = false;
      this.#ended = true;
      this.#handler.onEnd();
    }
    if (!this.#closeIsDue || this.#closed) return;
    this.#closed = true;
    this.#handler.onClosed();
  }
}
