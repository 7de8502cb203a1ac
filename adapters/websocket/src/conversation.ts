import type { Duplex } from 'node:stream';
import { LockstepError } from '@lockstep/contracts';
import { FrameStream, type FrameStreamHandler, type FrameStreamSettings } from './frame-stream.js';
import type { InwardQueue } from './inward-queue.js';
import { encodeUnit, messageSegments, type Unit } from './units.js';
import type { Violation } from './violation.js';

/** What a conversation tells the channel that it belongs to, besides what goes through the queue. */
export interface ConversationHandler {
  /** One unit more has left this process's hands. */
  onTaken(): void;
  onPong(payload: Uint8Array): void;
  /** Nothing follows but `onClosed`. */
  onBroken(reason: Error): void;
  onClosed(): void;
}

/** How long the other side may take to close what this side has closed, in milliseconds; the same as in `ws`. */
const closeTimeoutMs = 30_000;

/** The same for one whose input was refused: it need only read why. */
const refusalTimeoutMs = 2000;

/**
 * A WebSocket between its handshake and its close, the same on both faces: frames to units and units to frames. It
 * answers no close frame: that is done by the other side of the virtual connection.
 */
export class Conversation implements FrameStreamHandler {
  readonly #name: string;
  readonly #isServer: boolean;
  readonly #stream: FrameStream;
  readonly #inward: InwardQueue;
  readonly #handler: ConversationHandler;
  /** Units sent that are not reported as taken. */
  #untakenUnits = 0;
  #closeSent = false;
  #closeReceived = false;
  #endReceived = false;
  /** Nothing more is sent. */
  #isEnding = false;
  #isBroken = false;
  #isGone = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param name who is at the other end, for errors: `client`, `service` */
  constructor(
    name: string,
    { socket, head, settings }: { socket: Duplex; head: Buffer; settings: FrameStreamSettings },
    inward: InwardQueue,
    handler: ConversationHandler,
  ) {
    this.#name = name;
    this.#isServer = settings.isServer;
    this.#inward = inward;
    this.#handler = handler;
    this.#stream = new FrameStream(socket, head, settings, this);
  }

  send(unit: Unit & { kind: 'message' | 'close' }): void {
    if (this.#isEnding || this.#closeSent || this.#isBroken) return;
    this.#untakenUnits += 1;
    if (unit.kind === 'close') this.#closeSent = true;
    // Who has sent a close frame and gone away wants to know nothing more: it counts as taken.
    if (this.#isGone) process.nextTick(this.#takeAll);
    else if (unit.kind === 'message') this.#stream.sendMessage(unit, this.#noteTaken);
    else this.#stream.sendClose(unit.code, unit.reason, this.#noteTaken);
    this.#endIfDone();
  }

  /** Without a close unit before, the other side is left without a close frame: the one that it plays has vanished. */
  end(): void {
    if (this.#isEnding || this.#isBroken) return;
    this.#isEnding = true;
    if (this.#isGone) {
      process.nextTick(() => this.#handler.onClosed());
      return;
    }
    if (!this.#closeSent) this.#stream.end();
    this.#closeWithin(closeTimeoutMs);
    this.#endIfDone();
  }

  reset(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#inward.clear();
    if (this.#isGone) process.nextTick(() => this.#handler.onClosed());
    else this.#stream.reset();
  }

  /** Asks for a pong with the same payload. Only before a close unit and the end. */
  ping(payload: Uint8Array): void {
    if (!this.#isGone && !this.#isBroken) this.#stream.sendPing(payload);
  }

  pause(): void {
    this.#inward.pause();
    this.#stream.pause();
  }

  resume(): void {
    this.#inward.resume();
    this.#stream.resume();
  }

  onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.#inward.push(...messageSegments(payload, isBinary));
  }

  onPong(payload: Uint8Array): void {
    this.#handler.onPong(payload);
  }

  onCloseFrame(code: number | undefined, reason: Uint8Array): void {
    this.#closeReceived = true;
    this.#inward.push(encodeUnit({ kind: 'close', code, reason }));
    this.#inward.end();
    this.#endIfDone();
  }

  onViolation({ closeCode, description }: Violation): void {
    const isFirst = !this.#closeSent && !this.#isEnding;
    this.#break(
      new LockstepError(
        'ERR_LOCKSTEP_INPUT_REFUSED',
        `The ${this.#name} was sent the close code ${closeCode}, for what it sent: ${description}. ` +
          'Correct it, or raise the limit under options.',
      ),
    );
    if (isFirst) this.#stream.sendClose(closeCode, new Uint8Array(), () => undefined);
    this.#stream.end();
    this.#closeWithin(refusalTimeoutMs);
  }

  onEnd(): void {
    this.#endReceived = true;
    if (this.#isBroken) return;
    if (this.#closeReceived) {
      this.#endIfDone();
      return;
    }
    this.#break(new Error(`the ${this.#name} ended the connection without a close frame`));
    this.#stream.reset();
  }

  onError(error: Error): void {
    if (!this.#closeReceived) this.#break(error);
  }

  onClosed(): void {
    this.#isGone = true;
    clearTimeout(this.#timer);
    if (!this.#closeReceived) this.#break(new Error(`the ${this.#name} broke the connection`));
    this.#takeAll();
    if (this.#isBroken || this.#isEnding) this.#handler.onClosed();
  }

  #break(reason: Error): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#inward.clear();
    this.#handler.onBroken(reason);
  }

  /** The server closes first, as the protocol wants it, so that the client's port is free at once. */
  #endIfDone(): void {
    if (this.#closeSent && this.#closeReceived && (this.#isServer || this.#endReceived)) this.#stream.end();
  }

  #closeWithin(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stream.reset(), timeoutMs);
    this.#timer.unref();
  }

  readonly #noteTaken = (): void => {
    if (this.#isBroken) return;
    this.#untakenUnits -= 1;
    this.#handler.onTaken();
  };

  readonly #takeAll = (): void => {
    while (this.#untakenUnits > 0 && !this.#isBroken) this.#noteTaken();
  };
}
