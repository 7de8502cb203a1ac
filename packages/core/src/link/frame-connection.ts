import type { ByteSocket } from '@lockstep/sockets';
import type { Block } from '../wire/block.js';
import type { FrameCutter } from '../wire/cut-frame.js';
import { Framer } from '../wire/framer.js';
import { wireLimits } from '../wire/limits.js';
import type { EventCounters } from './event-counters.js';
import { joinSmallPieces } from './join-pieces.js';
import { linkLimits } from './limits.js';

/** Who is told what a connection brings. Calls come one at a time, never from inside a call into the connection. */
export interface FrameHandler {
  /**
   * One frame, in order. The body may be kept; nobody writes into it.
   *
   * @returns what is wrong with it, if something is: the connection is closed for it
   */
  onFrame(block: Block): string | undefined;
  /** All frames that one read completed were handed over; there may be none, if it brought a part of one. */
  onReadEnd(): void;
  /** Everything that was sent has been taken by the kernel, after there was more than it would take at once. */
  onDrain(): void;
  /** Last call. `reason` is for the log. */
  onClosed(reason: string): void;
}

/** What a connection without a handler does with its events. */
const nobody: FrameHandler = {
  onFrame: () => undefined,
  onReadEnd: () => undefined,
  onDrain: () => undefined,
  onClosed: () => undefined,
};

/**
 * A socket that carries frames. What is sent is gathered until `flush`, which gives it to the kernel in one write. Bytes
 * unsent are bounded: beyond, the connection is closed.
 */
export class FrameConnection {
  /** Changed when the connection changes hands, even in the middle of a read. */
  handler: FrameHandler = nobody;
  readonly #socket: ByteSocket;
  readonly #counters: EventCounters;
  readonly #framer: Framer;
  #unsentBytesMax: number = wireLimits.handshakeFrameBytesMax;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  /** Set once no frame is read any more. */
  #closeReason: string | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #held = false;
  /** The last read has taken all that there was. */
  #mayWait = false;

  constructor(socket: ByteSocket, counters: EventCounters) {
    this.#socket = socket;
    this.#counters = counters;
    this.#framer = new Framer((block) => this.#onFrame(block));
    const { stream } = socket;
    socket.read((chunk) => this.#onData(chunk));
    // Who has finished sending has finished: no side of a link half-closes.
    stream.on('end', () => this.destroy('the other side closed it'));
    stream.on('error', (error: NodeJS.ErrnoException) => (this.#closeReason ??= error.code ?? error.message));
    stream.on('close', () => {
      clearTimeout(this.#closeTimer);
      this.#gathered = [];
      this.handler.onClosed(this.#closeReason ?? 'closed');
    });
  }

  /** For logs; undefined once the connection is closed. */
  get remoteAddress(): string | undefined {
    const { remoteAddress, remotePort } = this.#socket.stream;
    return remoteAddress === undefined ? undefined : `${remoteAddress}:${remotePort}`;
  }

  /** Grows with everything that arrives, whole frames or not. */
  get bytesRead(): number {
    return this.#socket.stream.bytesRead;
  }

  /** Grows with everything that is sent. */
  get bytesSent(): number {
    return this.#socket.bytesWritten;
  }

  /** Bytes given to `send` that the kernel has not taken. */
  get unsentBytes(): number {
    return this.#gatheredBytes + this.#socket.unsentBytes;
  }

  /** Something was given to `send` that waits for `flush`. */
  get hasGathered(): boolean {
    return this.#gathered.length > 0;
  }

  get isClosing(): boolean {
    return this.#closeReason !== undefined;
  }

  /** Whether nothing is read because of `hold`. */
  get isHeld(): boolean {
    return this.#held;
  }

  /** The other side is who he should be: frames of any size are accepted, and more may wait to be sent. */
  trust(unsentBytesMax: number): void {
    this.#framer.frameBytesMax = wireLimits.frameBytesMax;
    this.#unsentBytesMax = unsentBytesMax;
  }

  /** Gathers frames; nothing is copied, nobody may write into the pieces any more. Ignored once the connection closes. */
  send(pieces: readonly Uint8Array[]): void {
    if (this.#closeReason !== undefined) return;
    for (const piece of pieces) {
      this.#gathered.push(piece);
      this.#gatheredBytes += piece.length;
    }
  }

  /** Gives everything gathered to the kernel. */
  flush(): void {
    if (this.#gathered.length === 0) return;
    const pieces = this.#gathered;
    const unsentBytes = this.unsentBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (this.#closeReason !== undefined) return;
    if (unsentBytes > this.#unsentBytesMax) {
      this.#counters.increment('link-too-slow');
      return this.destroy(`too slow: ${unsentBytes} bytes unsent`);
    }
    this.#socket.write(joinSmallPieces(pieces), this.#onTaken);
  }

  /**
   * Has a frame cut that is not whole, behind what is there of it. There is no use in that as long as more can be read at once.
   *
   * @returns what is there
   */
  cutBegun<Message>(cut: FrameCutter<Message>): Message | undefined {
    return this.#mayWait ? this.#framer.cutBegun(cut) : undefined;
  }

  /** Stops reading, so that the sender is held back, or goes on. */
  hold(hold: boolean): void {
    this.#held = hold;
    if (hold) this.#socket.stream.pause();
    else this.#socket.stream.resume();
  }

  /** Closes after everything sent so far. Reads no more. */
  end(reason: string): void {
    if (this.#closeReason !== undefined) return;
    this.flush();
    this.#closeReason ??= reason;
    const { stream } = this.#socket;
    stream.end();
    // What still arrives is read and dropped, for unread bytes would make the kernel break what we sent.
    stream.resume();
    this.#closeTimer = setTimeout(() => stream.destroy(), linkLimits.closeTimeoutMs);
  }

  /** Closes at once; unsent bytes are lost. */
  destroy(reason: string): void {
    this.#closeReason ??= reason;
    this.#socket.stream.destroy();
  }

  readonly #onTaken = (): void => {
    if (this.#socket.unsentBytes === 0) this.handler.onDrain();
  };

  #onData(chunk: Uint8Array): void {
    if (this.#closeReason !== undefined) return;
    this.#mayWait = chunk.length < this.#socket.readBytesMax;
    const fault = this.#framer.push(chunk);
    if (fault !== undefined) this.#fail(fault);
    else this.handler.onReadEnd();
  }

  #onFrame(block: Block): boolean {
    const fault = this.handler.onFrame(block);
    if (fault !== undefined) this.#fail(fault);
    return this.#closeReason === undefined;
  }

  #fail(fault: string): void {
    this.#counters.increment('link-bad-input');
    this.destroy(`bad input: ${fault}`);
  }
}
