import type { Channel, ChannelHandler, Segment } from '@lockstep/contracts';

/**
 * One end of a connection in memory: the reference of the contract of a channel, and the smallest thing that keeps it.
 *
 * What is sent arrives in a later turn of the event loop, so no handler is called from inside a call. Segments of any kind
 * of unit go through as they are, buffer and all. They count as taken when they have arrived; what the other side does
 * not read stays here, and so does an end behind it. A reset overtakes everything.
 */
export class MemoryChannel implements Channel {
  #other: MemoryChannel = this;
  #handler: ChannelHandler | undefined;
  readonly #outgoing: Segment[] = [];
  #takenUnits = 0;
  #pendingUnits = 0;
  #isEnding = false;
  /** The end has been told to the other side. */
  #hasEnded = false;
  #isOver = false;
  #wasReset = false;
  #isPaused = false;
  #isMoving = false;

  private constructor() {}

  /** Two ends of one connection. */
  static pair(): [MemoryChannel, MemoryChannel] {
    const one = new MemoryChannel();
    const other = new MemoryChannel();
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  /** Units sent that have not arrived. */
  get pendingUnits(): number {
    return this.#pendingUnits;
  }

  bind(handler: ChannelHandler): void {
    this.#handler = handler;
    this.#other.#moveSoon();
  }

  send(segment: Segment): void {
    if (this.#isEnding || this.#isOver || segment.length === 0) return;
    this.#outgoing.push(segment);
    this.#pendingUnits += segment.length;
    this.#moveSoon();
  }

  end(): void {
    if (this.#isEnding || this.#isOver) return;
    this.#isEnding = true;
    this.#moveSoon();
  }

  reset(): void {
    this.#wasReset = true;
    if (this.#isOver) return;
    this.#close();
    const other = this.#other;
    if (other.#isOver) return;
    other.#isOver = true;
    setImmediate(() => {
      if (!other.#wasReset) other.#handler?.onReset(new Error('the other side reset the connection'), 'peer');
      other.#handler?.onClosed();
    });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#other.#moveSoon();
  }

  #moveSoon(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    setImmediate(this.#move);
  }

  readonly #move = (): void => {
    this.#isMoving = false;
    const other = this.#other;
    if (other.#handler === undefined) return;
    let units = 0;
    while (!this.#isOver && !other.#isOver && !other.#isPaused) {
      const segment = this.#outgoing.shift();
      if (segment === undefined) break;
      units += segment.length;
      other.#handler.onSegment(segment);
    }
    this.#takenUnits += units;
    this.#pendingUnits -= units;
    if (units > 0 && !this.#isOver) this.#handler?.onTaken(this.#takenUnits);
    this.#endIfDue(other);
  };

  #endIfDue(other: MemoryChannel): void {
    const isDone = this.#isEnding && !this.#hasEnded && this.#outgoing.length === 0;
    if (!isDone || this.#isOver || other.#isOver || other.#isPaused) return;
    this.#hasEnded = true;
    other.#handler?.onEnd();
    if (!other.#hasEnded || this.#isOver || other.#isOver) return;
    this.#close();
    other.#close();
  }

  #close(): void {
    this.#isOver = true;
    setImmediate(() => this.#handler?.onClosed());
  }
}
