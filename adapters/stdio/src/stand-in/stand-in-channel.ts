import type { Channel, ChannelHandler, Segment } from '@lockstep/contracts';

/** Who plays the program on a channel. */
export interface StandInOwner {
  /** The channel may be told things from here on. */
  onBound(): void;
  onSegment(segment: Segment): void;
  /** Nothing follows. */
  onEnd(): void;
  /** The group broke the connection. */
  onReset(): void;
  onPaused(paused: boolean): void;
}

/** A connection whose other end is this process: what the layer above calls goes to the owner, what the owner tells goes up. */
export class StandInChannel implements Channel {
  readonly #owner: StandInOwner;
  #handler: ChannelHandler | undefined;
  #paused = false;
  #endTold = false;
  /** Nothing is told any more but `onClosed`. */
  #over = false;

  constructor(owner: StandInOwner) {
    this.#owner = owner;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  bind(handler: ChannelHandler): void {
    this.#handler = handler;
    process.nextTick(() => {
      if (!this.#over) this.#owner.onBound();
    });
  }

  send(segment: Segment): void {
    if (!this.#over && segment.length > 0) this.#owner.onSegment(segment);
  }

  end(): void {
    if (!this.#over) this.#owner.onEnd();
  }

  reset(): void {
    if (this.#over) return;
    this.#over = true;
    process.nextTick(() => {
      this.#handler?.onClosed();
      this.#owner.onReset();
    });
  }

  pause(): void {
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
  }

  tellSegment(segment: Segment): void {
    if (!this.#over) this.#handler?.onSegment(segment);
  }

  tellEnd(): void {
    if (this.#over || this.#endTold) return;
    this.#endTold = true;
    this.#handler?.onEnd();
  }

  tellTaken(units: number): void {
    if (!this.#over) this.#handler?.onTaken(units);
  }

  /** Both directions are done. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler?.onClosed();
  }

  /** This process cannot go on with it. */
  break(reason: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler?.onReset(reason, 'local');
    this.#handler?.onClosed();
  }

  #setPaused(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    if (!this.#over) this.#owner.onPaused(paused);
  }
}
