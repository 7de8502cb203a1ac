import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type PerMessageDeflate, Receiver, Sender } from 'ws';
import type { ControlFrameLimit } from './control-frame-limit.js';
import { controlFrameFlood, violationOf, type Violation } from './violation.js';
import './ws-parts.js';

/** What one side puts up with from the other. 0 means that there is no limit. */
export interface FrameLimits {
  /** Bytes of one message, inflated. */
  readonly payloadBytesMax: number;
  /** Frames of one message. */
  readonly fragmentsMax: number;
  /** Pieces of one frame, as the network delivers them. */
  readonly bufferedChunksMax: number;
}

export interface FrameStreamSettings {
  /** Whether this side plays the server, which does not mask its frames. */
  readonly isServer: boolean;
  readonly limits: FrameLimits;
  /** For a side that is not trusted to be modest. */
  readonly controlFrameLimit?: ControlFrameLimit | undefined;
  /** What the handshake has agreed on. */
  readonly deflate?: PerMessageDeflate | undefined;
}

/** What a frame stream tells. */
export interface FrameStreamHandler {
  onMessage(payload: Uint8Array, isBinary: boolean): void;
  onPong(payload: Uint8Array): void;
  /** The last that is read. Without a code, there was none. */
  onCloseFrame(code: number | undefined, reason: Uint8Array): void;
  /** Bad input; nothing more is read. */
  onViolation(violation: Violation): void;
  /** The other side sends nothing more. */
  onEnd(): void;
  onError(error: Error): void;
  /** The socket is closed. Last. */
  onClosed(): void;
}

/**
 * So many bytes at a time are parsed when they may be compressed, and the next only if the stream is not paused: deflate
 * makes a thousandfold of them.
 */
const compressedSliceBytes = 4096;

/** What `ws` says of a close frame without a code. */
const noCode = 1005;

/**
 * The frames of one WebSocket on its socket, in both directions. Pings are answered here. What is sent in one turn of the
 * event loop goes to the kernel in one call.
 */
export class FrameStream {
  readonly #socket: Duplex;
  readonly #settings: FrameStreamSettings;
  readonly #handler: FrameStreamHandler;
  readonly #receiver: Receiver;
  readonly #sender: Sender;
  /** Read from the socket, and not parsed. */
  readonly #unparsed: Buffer[] = [];
  #isParsing = false;
  #isPaused = false;
  /** The other side's end has come, and waits until everything before it is parsed. */
  #endIsDue = false;
  /** A close frame or bad input has come: the rest is read and dropped. */
  #isDeaf = false;
  #isClosed = false;
  /** The last ping that is not answered yet. */
  #pingDue: Uint8Array | undefined;
  #isPonging = false;
  #isCorked = false;
  /** Frames whose callback is awaited. */
  #unwritten = 0;
  #endsWhenWritten = false;

  /**
   * @param socket after the handshake
   * @param head what was read from it with the handshake
   */
  constructor(socket: Duplex, head: Buffer, settings: FrameStreamSettings, handler: FrameStreamHandler) {
    const { isServer, limits, deflate } = settings;
    const extensions = deflate === undefined ? {} : { 'permessage-deflate': deflate };
    this.#socket = socket;
    this.#settings = settings;
    this.#handler = handler;
    this.#receiver = new Receiver({
      isServer,
      extensions,
      maxPayload: limits.payloadBytesMax,
      maxFragments: limits.fragmentsMax,
      maxBufferedChunks: limits.bufferedChunksMax,
    });
    this.#sender = new Sender(socket, extensions);
    this.#listen();
    if (head.length > 0) this.#unparsed.push(head);
    process.nextTick(this.#parse);
  }

  /** Sends a message, or a piece of one. `onWritten` is called when the kernel has taken it. */
  sendMessage(
    { payload, isBinary, isLast }: { payload: Uint8Array; isBinary: boolean; isLast: boolean },
    onWritten: () => void,
  ): void {
    const { isServer, deflate } = this.#settings;
    this.#cork();
    this.#sender.send(
      payload,
      { binary: isBinary, fin: isLast, compress: deflate !== undefined, mask: !isServer },
      this.#written(onWritten),
    );
  }

  sendClose(code: number | undefined, reason: Uint8Array, onWritten: () => void): void {
    this.#cork();
    this.#sender.close(code, reason, !this.#settings.isServer, this.#written(onWritten));
  }

  sendPing(payload: Uint8Array): void {
    this.#cork();
    this.#sender.ping(payload, !this.#settings.isServer, this.#written());
  }

  /** Half-closes the socket, after everything sent. */
  end(): void {
    this.#endsWhenWritten = true;
    if (this.#unwritten === 0) this.#socket.end();
  }

  /** Breaks the connection; `onClosed` follows. */
  reset(): void {
    this.#isDeaf = true;
    breakSocket(this.#socket);
  }

  pause(): void {
    this.#isPaused = true;
    if (!this.#isDeaf) this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    process.nextTick(this.#parse);
  }

  #listen(): void {
    const { controlFrameLimit } = this.#settings;
    const isWelcome = (): boolean => {
      if (!this.#isDeaf && controlFrameLimit?.take() === false) this.#refuse(controlFrameFlood);
      return !this.#isDeaf;
    };
    this.#receiver
      .on('message', (payload: Buffer, isBinary: boolean) => {
        if (!this.#isDeaf) this.#handler.onMessage(payload, isBinary);
      })
      .on('ping', (payload: Buffer) => {
        if (isWelcome()) this.#answer(payload);
      })
      .on('pong', (payload: Buffer) => {
        if (isWelcome()) this.#handler.onPong(payload);
      })
      .on('conclude', (code: number, reason: Buffer) => {
        if (this.#isDeaf) return;
        this.#hearNoMore();
        this.#handler.onCloseFrame(code === noCode ? undefined : code, reason);
      })
      .on('error', (error: Error) => {
        if (!this.#isDeaf) this.#refuse(violationOf(error));
      });
    this.#socket
      .on('data', (chunk: Buffer) => {
        if (this.#isDeaf) return;
        this.#unparsed.push(chunk);
        this.#parse();
        if (this.#unparsed.length > 0) this.#socket.pause();
      })
      .on('end', () => {
        this.#endIsDue = true;
        if (this.#isDeaf) this.#tellEnd();
        else this.#parse();
      })
      .on('error', (error) => this.#handler.onError(error))
      .on('close', () => {
        this.#isDeaf = true;
        this.#isClosed = true;
        this.#freeDeflate();
        this.#handler.onClosed();
      });
  }

  /** Parses slice after slice, each when the one before is done with, inflated and told. */
  readonly #parse = (): void => {
    if (this.#isParsing || this.#isPaused || this.#isDeaf) return;
    const slice = this.#nextSlice();
    if (slice === undefined) {
      if (this.#endIsDue) this.#tellEnd();
      else this.#socket.resume();
      return;
    }
    this.#isParsing = true;
    this.#receiver.write(slice, () => {
      this.#isParsing = false;
      this.#freeDeflate();
      this.#parse();
    });
  };

  /** Not in the middle of an inflation, which would go on without what it needs. */
  #freeDeflate(): void {
    if (this.#isClosed && !this.#isParsing) this.#settings.deflate?.cleanup();
  }

  #nextSlice(): Buffer | undefined {
    const chunk = this.#unparsed.shift();
    if (chunk === undefined || this.#settings.deflate === undefined) return chunk;
    if (chunk.length <= compressedSliceBytes) return chunk;
    this.#unparsed.unshift(chunk.subarray(compressedSliceBytes));
    return chunk.subarray(0, compressedSliceBytes);
  }

  #tellEnd(): void {
    this.#endIsDue = false;
    this.#handler.onEnd();
  }

  #refuse(violation: Violation): void {
    this.#hearNoMore();
    this.#handler.onViolation(violation);
  }

  /** The rest is read, so that the other side's end is seen, and dropped. */
  #hearNoMore(): void {
    this.#isDeaf = true;
    this.#unparsed.length = 0;
    this.#socket.resume();
  }

  /** Of pings that come while a pong is being written, the last is answered, as the protocol allows. */
  #answer(payload: Uint8Array): void {
    this.#pingDue = payload;
    if (this.#isPonging) return;
    this.#pingDue = undefined;
    this.#isPonging = true;
    this.#sender.pong(
      payload,
      !this.#settings.isServer,
      this.#written(() => {
        this.#isPonging = false;
        if (this.#pingDue !== undefined && !this.#endsWhenWritten) this.#answer(this.#pingDue);
      }),
    );
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }

  #written(onWritten?: () => void): (error?: Error | null) => void {
    this.#unwritten += 1;
    return (error) => {
      this.#unwritten -= 1;
      if (error) return;
      onWritten?.();
      if (this.#endsWhenWritten && this.#unwritten === 0) this.#socket.end();
    };
  }
}

/** Breaks a connection as abruptly as its socket can: a unix socket knows no reset, and is closed. */
export function breakSocket(socket: Duplex): void {
  if (socket instanceof Socket && socket.remotePort !== undefined) socket.resetAndDestroy();
  else socket.destroy();
}
