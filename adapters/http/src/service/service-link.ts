import type { Socket } from 'node:net';
import { confirmEnd } from '@lockstep/sockets';
import { MessageReader, type MessageEvent } from '../message/message-reader.js';
import type { HeaderFields } from '../message/header-fields.js';
import { MessageRefused } from '../message/refusal.js';
import { readResponseHead, type ResponseHead } from '../message/response-head.js';
import { SocketWriter } from '../socket-writer.js';
import { encodeBody, encodeEnd, encodeResponseHead } from '../units/unit-codec.js';
import type { Exchange } from './exchange.js';

/** What a response's head may come to. A service is trusted further than a client, but not without end. */
const limits = { maxHeadBytes: 131_072, maxHeaders: 1000 };

/**
 * A connection without requests is closed after this time, before the service does it: what it closes while a request is on
 * its way has to be asked again.
 */
const idleMs = 1000;

/** What a link tells its owner. */
export interface LinkOwner {
  onOpen(): void;
  /** An exchange is over, so that there is room for the next. */
  onRoom(link: ServiceLink): void;
  /** The present exchange has no end; the link is its own from here on. */
  onUnbounded(link: ServiceLink): void;
  /**
   * The connection is gone.
   *
   * @param unfinished exchanges that are not over, in order
   * @param reason undefined if the service ended it in good order
   */
  onClosed(link: ServiceLink, unfinished: readonly Exchange[], reason: Error | undefined): void;
}

/** A connection to the service: writes requests, and finds out which response is whose. */
export class ServiceLink {
  readonly #socket: Socket;
  readonly #owner: LinkOwner;
  readonly #tellsClose: boolean;
  readonly #writer: SocketWriter;
  readonly #reader: MessageReader<ResponseHead>;
  /** In the order of their requests. The first is being answered. */
  readonly #exchanges: Exchange[] = [];
  #head: ResponseHead | undefined;
  /** How many of the exchanges have had their heads read: what one read brings in may be the responses to several. */
  #headsRead = 0;
  #isOpen = false;
  #isClosed = false;
  #saidClose = false;
  /** The oldest exchange began when the connection had been open before. */
  #wasOpenBefore = false;

  /**
   * @param socket connecting
   * @param tellsClose whether the client is to see it when the service wants the connection closed
   */
  constructor(socket: Socket, owner: LinkOwner, tellsClose: boolean) {
    this.#socket = socket;
    this.#owner = owner;
    this.#tellsClose = tellsClose;
    this.#writer = new SocketWriter(socket);
    this.#reader = new MessageReader<ResponseHead>((line, fields) => this.#readHead(line, fields), limits);
    socket.once('connect', () => this.#open());
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('end', () => this.#noteEnd());
    socket.on('error', (error) => this.#close(error));
    socket.on('timeout', () => this.destroy());
  }

  /** Exchanges that are not over. */
  get depth(): number {
    return this.#exchanges.length;
  }

  /** Whether it was ever connected. */
  get wasOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the service has said that it closes the connection: it takes no notice of what came behind. */
  get saidClose(): boolean {
    return this.#saidClose;
  }

  /** Whether the oldest exchange may have met a connection that the service was just closing. */
  get wasOpenBefore(): boolean {
    return this.#wasOpenBefore;
  }

  /** The exchange that is being answered. */
  get present(): Exchange | undefined {
    return this.#exchanges[0];
  }

  /** Whether the present exchange is one that shares its connection with no other. */
  get isSolitary(): boolean {
    return this.#exchanges[0]?.head.solitary === true;
  }

  run(exchange: Exchange): void {
    if (this.#exchanges.length === 0) {
      this.#wasOpenBefore = this.#isOpen;
      this.#socket.setTimeout(0);
    }
    this.#exchanges.push(exchange);
    exchange.begin(this.#writer);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Gives up the connection when what was written is taken; nobody is told. */
  end(): void {
    this.#isClosed = true;
    this.#writer.end();
    this.#socket.destroySoon();
  }

  /** Breaks the connection; nobody is told. */
  destroy(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #open(): void {
    this.#isOpen = true;
    if (this.#exchanges.length === 0) this.#socket.setTimeout(idleMs);
    this.#owner.onOpen();
  }

  /** A response that nobody has asked for before it came is nobody's, even if somebody asks now. */
  #readHead(startLine: string, fields: HeaderFields): ResponseHead {
    const exchange = this.#exchanges[this.#headsRead];
    if (exchange === undefined) throw new MessageRefused(400, 'there are more responses than requests');
    const head = readResponseHead(startLine, fields, exchange.head);
    if (!head.informational) this.#headsRead += 1;
    return head;
  }

  #take(chunk: Buffer): void {
    if (this.#exchanges.length === 0) return this.#close(new Error('the service spoke without being asked'));
    for (const event of this.#reader.push(chunk)) {
      if (this.#isClosed) return;
      this.#takeEvent(event);
    }
  }

  #takeEvent(event: MessageEvent<ResponseHead>): void {
    const exchange = this.#exchanges[0];
    if (exchange === undefined) return this.#close(new Error('the service spoke without being asked'));
    switch (event.kind) {
      case 'head':
        return this.#takeHead(exchange, event.head);
      case 'body':
        return exchange.handler.onUnit(encodeBody(event.payload));
      case 'end':
        return this.#takeEnd(exchange, event.trailers);
      case 'refused':
        return this.#close(new Error(`the service gave a malformed response: ${event.refusal.reason}`));
    }
  }

  #takeHead(exchange: Exchange, head: ResponseHead): void {
    this.#head = head;
    if (head.informational) exchange.isEncouraged = true;
    else exchange.hasResponse = true;
    exchange.handler.onUnit(encodeResponseHead(head, this.#tellsClose && head.closes));
    const isEndless = head.framing.kind === 'chunked' || head.framing.kind === 'until-close';
    if (head.framing.kind === 'tunnel') exchange.openTunnel();
    else if (!head.isEventStream || !isEndless) return;
    exchange.handler.onUnbounded(exchange);
    this.#owner.onUnbounded(this);
  }

  #takeEnd(exchange: Exchange, trailers: string): void {
    const head = this.#head;
    if (head === undefined || head.informational) return;
    const { kind } = head.framing;
    if (kind === 'chunked' || kind === 'until-close') exchange.handler.onUnit(encodeEnd(trailers));
    this.#saidClose = head.closes;
    exchange.isAnswered = true;
    // A request that is answered before it is there holds the connection until it is.
    const holds = !exchange.isWhole && !head.closes;
    if (!holds) this.#shift();
    this.#wasOpenBefore = true;
    // What comes behind is not to go out on a connection that the service closes.
    if (head.closes) this.#close(undefined);
    exchange.handler.onAnswered(exchange, this.#tellsClose && head.closes);
    if (!holds && !head.closes) this.#noteRoom();
  }

  /** The rest of a request that was answered early is there. */
  noteWhole(exchange: Exchange): void {
    if (this.#exchanges[0] !== exchange || !exchange.isAnswered) return;
    this.#shift();
    this.#noteRoom();
  }

  #shift(): void {
    this.#exchanges.shift();
    this.#headsRead -= 1;
  }

  #noteRoom(): void {
    if (this.#exchanges.length === 0) this.#socket.setTimeout(idleMs);
    this.#owner.onRoom(this);
  }

  /** The service has ended its side. A response that says where it ends is cut by that, whether or not it was a reset. */
  #noteEnd(): void {
    const [exchange] = this.#exchanges;
    const kind = exchange?.hasResponse === true ? this.#head?.framing.kind : undefined;
    if (exchange === undefined || (kind !== 'tunnel' && kind !== 'until-close')) return this.#close(undefined);
    confirmEnd(this.#socket, () => {
      if (this.#isClosed) return;
      if (kind === 'tunnel') return exchange.handler.onCut(exchange);
      for (const event of this.#reader.finish()) this.#takeEvent(event);
      this.#close(undefined);
    });
  }

  #close(reason: Error | undefined): void {
    if (this.#isClosed) return;
    this.destroy();
    this.#owner.onClosed(this, this.#exchanges.splice(0), reason);
  }
}
