import type { Channel, ChannelHandler, Segment } from '@lockstep/contracts';
import { atCallbackEnd, type ByteSocket, confirmEnd, faultOf, watchForReset } from '@lockstep/sockets';

/**
 * A byte stream over a socket that was opened with `allowHalfOpen`. Units are bytes.
 *
 * What is sent in one callback of the event loop goes to the kernel in one call, and is reported as taken in one. Nothing is
 * copied on the way out.
 */
export class TcpChannel implements Channel {
  readonly #socket: ByteSocket;
  readonly #canReset: boolean;
  #handler: ChannelHandler | undefined;
  /** What was sent in the present callback of the event loop. */
  #gathered: Uint8Array[] = [];
  #sentUnits = 0;
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
  constructor(socket: ByteSocket, canReset: boolean) {
    this.#socket = socket;
    watchForReset(socket.stream);
    this.#canReset = canReset;
  }

  bind(handler: ChannelHandler): void {
    this.#handler = handler;
    const { stream } = this.#socket;
    this.#socket.read((payload) => handler.onSegment({ length: payload.length, payload }));
    stream.on('end', () => confirmEnd(stream, () => this.#noteEnd()));
    stream.on('error', (error) => this.#break(error));
    stream.on('close', () => {
      this.#closeIsDue = true;
      this.#tellWhatIsDue();
    });
  }

  send(segment: Segment): void {
    if (this.#sendingEnded || this.#broken || segment.length === 0) return;
    this.#sentUnits += segment.length;
    if (this.#gathered.push(segment.payload) === 1) atCallbackEnd(this.#flush);
  }

  end(): void {
    if (this.#sendingEnded || this.#broken) return;
    this.#sendingEnded = true;
    if (this.#gathered.length === 0) this.#socket.stream.end();
  }

  reset(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#endIsDue = false;
    this.#gathered = [];
    if (this.#canReset) this.#socket.stream.resetAndDestroy();
    else this.#socket.stream.destroy();
  }

  pause(): void {
    this.#paused = true;
    this.#socket.stream.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.stream.resume();
    if (this.#endIsDue) process.nextTick(this.#tellWhatIsDue);
  }

  readonly #flush = (): void => {
    const pieces = this.#gathered;
    if (pieces.length === 0) return;
    this.#gathered = [];
    const units = this.#sentUnits;
    const isTaken = this.#socket.write(pieces, () => this.#tellTaken(units));
    if (this.#sendingEnded) this.#socket.stream.end();
    if (isTaken) this.#tellTaken(units);
  };

  #tellTaken(units: number): void {
    if (!this.#broken) this.#handler?.onTaken(units);
  }

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
