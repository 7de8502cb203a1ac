import type { ChannelHandler, Segment } from '@lockstep/contracts';

/**
 * What is to be told of one channel, in order: segments, the end, and the close that follows it. All of them wait while
 * the channel is paused; the little that a parser has read ahead stays here.
 */
export class InwardQueue {
  #handler: ChannelHandler | undefined;
  readonly #segments: Segment[] = [];
  #endIsDue = false;
  #closeIsDue = false;
  #isPaused = false;
  #isOver = false;

  bind(handler: ChannelHandler): void {
    this.#handler = handler;
    process.nextTick(this.#tell);
  }

  /** Told at once if nothing hinders it: not to be called from inside a call into the channel. */
  push(...segments: readonly Segment[]): void {
    this.#segments.push(...segments);
    this.#tell();
  }

  end(): void {
    this.#endIsDue = true;
    this.#tell();
  }

  /** The channel is closed: told once, when the end has been. */
  close(): void {
    this.#closeIsDue = !this.#isOver;
    this.#tell();
  }

  /** The connection broke: what waits is dropped. */
  clear(): void {
    this.#segments.length = 0;
    this.#endIsDue = false;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    process.nextTick(this.#tell);
  }

  readonly #tell = (): void => {
    const handler = this.#handler;
    if (handler === undefined) return;
    while (!this.#isPaused) {
      const segment = this.#segments.shift();
      if (segment === undefined) break;
      handler.onSegment(segment);
    }
    if (this.#segments.length > 0) return;
    if (this.#endIsDue) {
      if (this.#isPaused) return;
      this.#endIsDue = false;
      handler.onEnd();
    }
    if (!this.#closeIsDue) return;
    this.#closeIsDue = false;
    this.#isOver = true;
    handler.onClosed();
  };
}
