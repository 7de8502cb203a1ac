import type { Socket } from 'node:net';
import type { Channel, ChannelHandler, Segment } from '@lockstep/contracts';
import { confirmEnd, faultOf, watchForReset } from '@lockstep/sockets';

/**
 * A byte stream over a socket that was opened with `allowHalfOpen`. Units are bytes.
 *
 * What is sent in one turn of the event loop goes to the kernel in one call, and is reported as taken in one. Nothing
 * is copied on the way, in or out.
 */
export class TcpChannel implements Channel {
  readonly #socket: Socket;
  readonly #canReset: boolean;
  #handler: ChannelHandler | undefined;
  /** The last payload of this turn. It is written when the turn is over, so that its callback stands for the turn. */
  #pending: Uint8Array | undefined;
  #corked = false;
  #sentUnits = 0;
  /** For each write whose callback is awaited, the units sent up to its end. */
  readonly #awaited: number[] = [];
  #sendingEnded = false;
  /** Broken by either side: nothing is told any more but `onClosed`. */
  #broken = false;
  #paused = false;
  /** The other side's end came while paused. */
  #endIsDue = false;
  /** The socket closed while its end was due. */
  #closeIsDue = false;

  /**
   * @param socket connected or connecting
   * @param canReset whether the socket's protocol knows a reset: TCP does, a unix socket does not and is destroyed
   */
  constructor(socket: Socket, canReset: boolean) {
    this.#socket = socket;
    watchForReset(socket);
    this.#canReset = canReset;
  }

  bind(handler: ChannelHandler): void {
    this.#handler = handler;
    this.#socket.on('data', (payload: Buffer) => handler.onSegment({ length: payload.byteLength, payload }));
    this.#socket.on('end', () => confirmEnd(this.#socket, () => this.#noteEnd()));
    this.#socket.on('error', (error) => this.#break(error));
    this.#socket.on('close', () => {
      this.#closeIsDue = true;
      this.#tellWhatIsDue();
    });
  }

  send(segment: Segment): void {
    if (this.#sendingEnded || this.#broken || segment.length === 0) return;
    this.#sentUnits += segment.length;
    if (this.#pending === undefined) {
      process.nextTick(this.#flush);
    } else {
      if (!this.#corked) this.#socket.cork();
      this.#corked = true;
      this.#socket.write(this.#pending);
    }
    this.#pending = segment.payload;
  }

  end(): void {
    if (this.#sendingEnded || this.#broken) return;
    this.#sendingEnded = true;
    this.#flush();
    this.#socket.end();
  }

  reset(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#endIsDue = false;
    this.#pending = undefined;
    if (this.#canReset) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
    if (this.#endIsDue) process.nextTick(this.#tellWhatIsDue);
  }

  readonly #flush = (): void => {
    const payload = this.#pending;
    if (payload === undefined) return;
    this.#pending = undefined;
    this.#awaited.push(this.#sentUnits);
    this.#socket.write(payload, this.#onWritten);
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
  };

  readonly #onWritten = (error?: Error | null): void => {
    const units = this.#awaited.shift();
    if (error || this.#broken || units === undefined) return;
    this.#handler?.onTaken(units);
  };

  #noteEnd(): void {
    if (this.#broken) return;
    this.#endIsDue = true;
    this.#tellWhatIsDue();
  }

  #break(reason: Error): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#endIsDue = false;
    this.#handler?.onReset(reason, faultOf(reason));
  }

  /** The other side's end and the close that follows it wait for `resume`; a close without an end waits for nothing. */
  readonly #tellWhatIsDue = (): void => {
    if (this.#endIsDue) {
      if (this.#paused) return;
      this.#endIsDue = false;
      this.#handler?.onEnd();
    }
    if (!this.#closeIsDue) return;
    this.#closeIsDue = false;
    this.#handler?.onClosed();
  };
}
