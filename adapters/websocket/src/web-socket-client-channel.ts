import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Channel, ChannelHandler, Segment } from '@lockstep/contracts';
import { acceptKey } from './accept-key.js';
import { Conversation, type ConversationHandler } from './conversation.js';
import { ControlFrameLimit } from './control-frame-limit.js';
import { breakSocket } from './frame-stream.js';
import { formatHead } from './handshake-headers.js';
import { InwardQueue } from './inward-queue.js';
import type { WebSocketOptions } from './options.js';
import { decodeUnit, encodeUnit, type Unit } from './units.js';
import type { ReadUpgrade } from './upgrade-request.js';

/** A client's request for a WebSocket, and its connection. */
export interface ClientUpgrade {
  readonly upgrade: ReadUpgrade & { kind: 'handshake' };
  readonly socket: Duplex;
  /** What was read from the socket with the request. */
  readonly head: Buffer;
}

/** Nothing may be sent before the handshake is answered; who sends more than this all the same has to wait. */
const earlyBytesMax = 64 * 1024;

/** How long a client may take to close a connection that was refused, in milliseconds. */
const refusedTimeoutMs = 10_000;

/**
 * One WebSocket of a client. Its first unit is the handshake, which is answered as the service answers it: then it is a
 * conversation, or a refusal whose body follows.
 */
export class WebSocketClientChannel implements Channel, ConversationHandler {
  readonly #upgrade: ClientUpgrade['upgrade'];
  readonly #socket: Duplex;
  readonly #options: WebSocketOptions;
  readonly #inward = new InwardQueue();
  #handler: ChannelHandler | undefined;
  /** What the client has sent before the answer. */
  readonly #early: Buffer[];
  #conversation: Conversation | undefined;
  #wasRefused = false;
  #isEnding = false;
  #isBroken = false;
  #takenUnits = 0;

  constructor({ upgrade, socket, head }: ClientUpgrade, options: WebSocketOptions) {
    this.#upgrade = upgrade;
    this.#socket = socket;
    this.#options = options;
    this.#early = [head];
  }

  bind(handler: ChannelHandler): void {
    this.#handler = handler;
    this.#inward.push(encodeUnit({ kind: 'handshake', request: this.#upgrade.request }));
    this.#inward.bind(handler);
    this.#socket
      .on('data', this.#keepEarly)
      .on('end', this.#onEarlyEnd)
      .on('error', this.#onEarlyError)
      .on('close', this.#onEarlyClose)
      .resume();
  }

  send(segment: Segment): void {
    if (this.#isBroken || this.#isEnding) return;
    if (this.#wasRefused) {
      this.#write(segment.payload, segment.length);
      return;
    }
    const unit = decodeUnit(segment);
    if (this.#conversation !== undefined && (unit?.kind === 'message' || unit?.kind === 'close')) {
      this.#conversation.send(unit);
    } else if (this.#conversation === undefined && unit?.kind === 'accepted') {
      this.#accept(unit.rawHeaders);
    } else if (this.#conversation === undefined && unit?.kind === 'refused') {
      this.#refuse(unit);
    } else {
      this.reset();
    }
  }

  end(): void {
    if (this.#isBroken || this.#isEnding) return;
    this.#isEnding = true;
    if (this.#conversation !== undefined) {
      this.#conversation.end();
      return;
    }
    this.#socket.end();
    const timer = setTimeout(() => breakSocket(this.#socket), refusedTimeoutMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  reset(): void {
    if (this.#conversation !== undefined) {
      this.#conversation.reset();
      return;
    }
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#inward.clear();
    breakSocket(this.#socket);
  }

  pause(): void {
    if (this.#conversation === undefined) this.#inward.pause();
    else this.#conversation.pause();
  }

  resume(): void {
    if (this.#conversation === undefined) this.#inward.resume();
    else this.#conversation.resume();
  }

  onTaken(): void {
    this.#takenUnits += 1;
    this.#handler?.onTaken(this.#takenUnits);
  }

  onPong(): void {
    // Nobody asks clients for any.
  }

  onBroken(reason: Error): void {
    this.#handler?.onReset(reason, 'peer');
  }

  onClosed(): void {
    this.#inward.close();
  }

  #accept(rawHeaders: readonly string[]): void {
    const { key, deflate } = this.#upgrade;
    const extensions = deflate === undefined ? [] : ['Sec-WebSocket-Extensions', deflate.header];
    const own = ['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', acceptKey(key)];
    this.#write(formatHead('HTTP/1.1 101 Switching Protocols', [...own, ...extensions, ...rawHeaders]), 1);
    this.#socket
      .off('data', this.#keepEarly)
      .off('end', this.#onEarlyEnd)
      .off('error', this.#onEarlyError)
      .off('close', this.#onEarlyClose);
    const settings = {
      isServer: true,
      limits: this.#options,
      controlFrameLimit: new ControlFrameLimit(this.#options.controlFramesPerSecondMax),
      deflate: deflate?.perMessageDeflate,
    };
    const connection = { socket: this.#socket, head: Buffer.concat(this.#early.splice(0)), settings };
    this.#conversation = new Conversation('client', connection, this.#inward, this);
  }

  /** The body is written as it comes, and ends with the connection. */
  #refuse({ status, statusText, rawHeaders }: Unit & { kind: 'refused' }): void {
    this.#wasRefused = true;
    this.#early.length = 0;
    this.#socket.resume();
    const firstLine = `HTTP/1.1 ${status} ${statusText || (STATUS_CODES[status] ?? '')}`;
    this.#write(formatHead(firstLine, ['Connection', 'close', ...rawHeaders]), 1);
  }

  #write(payload: Uint8Array, units: number): void {
    this.#socket.write(payload, (error) => {
      if (error || this.#isBroken) return;
      this.#takenUnits += units;
      this.#handler?.onTaken(this.#takenUnits);
    });
  }

  readonly #keepEarly = (chunk: Buffer): void => {
    if (this.#wasRefused) return;
    this.#early.push(chunk);
    if (this.#early.reduce((bytes, { byteLength }) => bytes + byteLength, 0) > earlyBytesMax) this.#socket.pause();
  };

  readonly #onEarlyEnd = (): void => {
    if (this.#wasRefused) this.#inward.end();
    else this.#break(new Error('the client went away before its handshake was answered'));
  };

  readonly #onEarlyError = (error: Error): void => this.#break(error);

  readonly #onEarlyClose = (): void => {
    if (!this.#socket.readableEnded) this.#break(new Error('the client broke the connection'));
    this.#inward.close();
  };

  #break(reason: Error): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#inward.clear();
    this.#handler?.onReset(reason, 'peer');
    this.#socket.destroy();
  }
}
