import type { Socket } from 'node:net';
import type { Channel, ChannelHandler, Segment } from '@lockstep/contracts';
import { confirmEnd, faultOf, watchForReset } from '@lockstep/sockets';
import { MessageReader, type MessageEvent } from '../message/message-reader.js';
import type { Refusal } from '../message/refusal.js';
import { readRequestHead, type RequestHead } from '../message/request-head.js';
import type { HttpOptions } from '../options.js';
import { Outlet } from '../outlet.js';
import { SocketWriter } from '../socket-writer.js';
import { encodeBody } from '../units/unit-codec.js';
import { Deadline } from './deadline.js';
import { formatRefusal } from './refusal-response.js';
import { RequestGatherer } from './request-gatherer.js';
import { ResponseWriter, type WrittenUnit } from './response-writer.js';
import type { UpgradeHook } from './upgrade-hook.js';

/** What a connection has in common with all others of its face. */
export interface ClientConnectionTerms {
  readonly options: HttpOptions;
  /** Whether the socket's protocol knows a reset: TCP does, a unix socket does not and is destroyed. */
  readonly canReset: boolean;
  readonly onUpgrade: UpgradeHook | undefined;
  readonly now: () => number;
  /** The connection has its first request. */
  accept(channel: Channel): void;
  onRefused(refusal: Refusal): void;
  /** Nothing is waited for any more on this connection. */
  onGone(connection: ClientConnection): void;
}

/**
 * A client's connection. It becomes a virtual connection with its first request, and is nobody's business before.
 *
 * Requests go up as units when they are whole; responses come down as units, and are written as HTTP. The connection is
 * closed behind the response after which the client or the service wants it closed, or behind a refusal.
 */
export class ClientConnection implements Channel {
  readonly #socket: Socket;
  readonly #terms: ClientConnectionTerms;
  readonly #writer: SocketWriter;
  readonly #reader: MessageReader<RequestHead>;
  readonly #gatherer: RequestGatherer;
  readonly #responses = new ResponseWriter();
  readonly #deadline: Deadline;
  #accepted = false;
  /** Undefined until the layer above listens. */
  #outlet: Outlet | undefined;
  /** What is told as soon as somebody listens. */
  #untold: Segment[] = [];
  #isReading = true;
  /** HTTP is over, and bytes go through as they are. */
  #isTunnel = false;
  /** What comes from the client is dropped. */
  #inputOver = false;
  /** Nothing is written any more. */
  #outputOver = false;
  /** The layer above has finished sending. */
  #wasEnded = false;
  #socketClosed = false;
  /** The client wants the connection closed behind the request that is being read. */
  #closing = false;
  /** Another protocol is asked for, and the hook is to be asked when everything before is answered. */
  #offered: RequestHead | undefined;
  /** Another protocol was asked for and is not spoken, so that what follows is HTTP. */
  #declined = false;
  /** What is said to a client that was refused, behind the responses that it has coming. */
  #farewell: Buffer | undefined;

  constructor(socket: Socket, terms: ClientConnectionTerms) {
    this.#socket = socket;
    this.#terms = terms;
    this.#writer = new SocketWriter(socket);
    this.#reader = new MessageReader(readRequestHead, terms.options);
    this.#gatherer = new RequestGatherer(terms.options.gatherBytes, (head) => this.#responses.await(head));
    this.#deadline = new Deadline(terms.options);
    this.#deadline.await('request', true, terms.now());
    watchForReset(socket);
    socket.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
  }

  bind(handler: ChannelHandler): void {
    const outlet = new Outlet(handler, () => this.#goOn());
    this.#outlet = outlet;
    if (this.#untold.length === 0) return;
    process.nextTick(() => {
      for (const segment of this.#untold.splice(0)) outlet.segment(segment);
      if (this.#inputOver) outlet.end();
    });
  }

  send(segment: Segment): void {
    if (this.#wasEnded || this.#outlet?.isOver === true) return;
    const taken = (): void => this.#outlet?.taken(segment.length);
    // A response behind the last one: nobody reads it.
    if (this.#outputOver) return process.nextTick(taken);
    let written: WrittenUnit;
    try {
      written = this.#responses.write(segment);
    } catch (error) {
      return process.nextTick(() => this.#break(error as Error, 'local'));
    }
    this.#writer.write(written.pieces, taken);
    this.#declined ||= written.declined === true;
    if (written.finished === 'http') this.#isTunnel = true;
    if (written.finished === 'last-response') {
      this.#farewell = undefined;
      this.#endOutput();
    }
    if (written.finished !== undefined || this.#declined) process.nextTick(() => this.#goOn());
  }

  end(): void {
    if (this.#wasEnded || this.#outlet?.isOver === true) return;
    this.#wasEnded = true;
    if (this.#isTunnel) this.#writer.end();
    else this.#endOutput();
    process.nextTick(() => {
      if (!this.#isTunnel) this.#outlet?.end();
      this.#tellIfClosed();
    });
  }

  reset(): void {
    if (this.#outlet?.isOver === true) return;
    this.#outlet?.silence();
    if (this.#socketClosed) process.nextTick(() => this.#tellIfClosed());
    else if (this.#terms.canReset) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  pause(): void {
    this.#outlet?.pause();
    this.#regulate(false);
  }

  resume(): void {
    this.#outlet?.resume();
  }

  /** Does what is due at this time, if anything is. */
  tick(now: number): void {
    if (!this.#deadline.isOver(now)) return;
    const { awaited } = this.#deadline;
    this.#deadline.await('nothing', true, now);
    if (awaited === 'close') this.#socket.destroy();
    else if (awaited === 'request') this.#finish();
    else this.#refuse({ status: 408, reason: `the client took too long for the ${awaited} of a request` });
  }

  /** Closes the connection if it has made no request yet. */
  abandon(): void {
    if (!this.#accepted) this.#socket.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    let progressed = true;
    if (this.#isTunnel) {
      this.#deliver([encodeBody(chunk)]);
    } else if (!this.#inputOver) {
      const events = this.#reader.push(chunk);
      progressed = events.length > 0 || this.#reader.place === 'body';
      this.#take(events);
    }
    this.#regulate(progressed);
  };

  readonly #onEnd = (): void => {
    // Elsewhere the framing tells what is cut, and a reset shows when the response is written.
    if (this.#isTunnel) return confirmEnd(this.#socket, () => this.#outlet?.end());
    if (this.#inputOver) return;
    if (this.#gatherer.isAmidReleased) {
      return this.#break(new Error('the client ended its connection within a request'), 'peer');
    }
    this.#finish();
  };

  readonly #onError = (error: Error): void => this.#break(error, faultOf(error));

  readonly #onClose = (): void => {
    this.#socketClosed = true;
    this.#inputOver = true;
    this.#terms.onGone(this);
    this.#tellIfClosed();
  };

  #take(events: readonly MessageEvent<RequestHead>[]): void {
    for (const event of events) {
      if (this.#inputOver) return;
      switch (event.kind) {
        case 'head':
          this.#takeHead(event.head);
          break;
        case 'body':
          this.#deliver(this.#gatherer.add(event.payload));
          break;
        case 'end':
          if (this.#offered !== undefined) this.#offerIfDue();
          else this.#deliver(this.#gatherer.finish(event.trailers));
          if (this.#closing) this.#finish();
          break;
        case 'refused':
          this.#refuse(event.refusal);
      }
    }
  }

  #takeHead(head: RequestHead): void {
    if (head.upgrade && head.framing.kind === 'none' && this.#terms.onUpgrade !== undefined) {
      this.#offered = head;
      return;
    }
    this.#closing = head.closes;
    this.#deliver(this.#gatherer.begin(head));
  }

  #deliver(segments: readonly Segment[]): void {
    if (segments.length > 0 && !this.#accepted) {
      this.#accepted = true;
      this.#terms.accept(this);
    }
    for (const segment of segments) {
      if (this.#outlet === undefined) this.#untold.push(segment);
      else this.#outlet.segment(segment);
    }
  }

  /** Goes on with what has waited for a response, or for the layer above. */
  #goOn(): void {
    if (this.#isTunnel) {
      if (this.#reader.isHolding) this.#deliverHeld();
    } else {
      if (this.#declined) {
        this.#declined = false;
        this.#take(this.#reader.release());
      }
      this.#offerIfDue();
      if (this.#inputOver && this.#responses.outstanding === 0) this.#endOutput();
      if (this.#outputOver) this.#outlet?.end();
    }
    this.#regulate(true);
  }

  #deliverHeld(): void {
    const held = this.#reader.takeHeld();
    if (held.length > 0) this.#deliver([encodeBody(held)]);
  }

  /** Lets somebody else take over the connection, once everything before is answered. */
  #offerIfDue(): void {
    const head = this.#offered;
    const { onUpgrade } = this.#terms;
    const isDue = this.#responses.outstanding === 0 && this.#outlet?.isBlocked !== true && !this.#inputOver;
    if (head === undefined || onUpgrade === undefined || !isDue) return;
    this.#offered = undefined;
    this.#stopReading();
    const { method, target, rawHeaders } = head;
    if (!onUpgrade({ method, target, rawHeaders }, this.#socket, this.#reader.held)) {
      this.#deliver([...this.#gatherer.begin(head), ...this.#gatherer.finish('')]);
      return;
    }
    const socket = this.#socket;
    socket.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError).off('close', this.#onClose);
    this.#outputOver = true;
    this.#onClose();
    this.#outlet?.end();
  }

  /** The client is given nothing but the responses that it has coming. */
  #finish(): void {
    this.#inputOver = true;
    this.#offered = undefined;
    this.#gatherer.drop();
    this.#outlet?.end();
    if (this.#responses.outstanding === 0) this.#endOutput();
  }

  #refuse(refusal: Refusal): void {
    this.#terms.onRefused(refusal);
    this.#farewell = formatRefusal(refusal);
    if (!this.#gatherer.isAmidReleased) return this.#finish();
    // The service has seen a part of the request, which cannot be taken back but by breaking the connection.
    const mayAnswer = this.#responses.outstanding === 1 && !this.#responses.isAmidResponse;
    if (mayAnswer) this.#writer.write([this.#farewell], () => undefined);
    this.#farewell = undefined;
    this.#endOutput();
    this.#outlet?.reset(new Error(refusal.reason), 'peer');
  }

  #endOutput(): void {
    if (this.#outputOver) return;
    this.#outputOver = true;
    this.#inputOver = true;
    if (this.#farewell !== undefined && this.#responses.outstanding === 0) {
      this.#writer.write([this.#farewell], () => undefined);
    }
    this.#writer.end();
    this.#deadline.await('close', true, this.#terms.now());
    this.#regulate(false);
  }

  #break(reason: Error, fault: 'peer' | 'local'): void {
    this.#inputOver = true;
    this.#outlet?.reset(reason, fault);
    this.#socket.destroy();
  }

  /** The layer above is told when it has finished as well: until then it may still have something to say. */
  #tellIfClosed(): void {
    if (!this.#socketClosed) return;
    if (this.#wasEnded || this.#outlet?.isOver === true) this.#outlet?.closed();
    else this.#outlet?.end();
  }

  /** Reads from the client, or does not, and sets how long it may take. */
  #regulate(progressed: boolean): void {
    const holds = this.#reader.isHolding && !this.#isTunnel;
    if (!this.#inputOver && (holds || this.#outlet?.isBlocked === true)) {
      this.#stopReading();
    } else if (!this.#isReading) {
      this.#isReading = true;
      this.#socket.resume();
    }
    if (!this.#outputOver) this.#deadline.await(this.#awaited, progressed, this.#terms.now());
  }

  get #awaited(): 'request' | 'head' | 'body' | 'nothing' {
    if (this.#isTunnel || this.#inputOver || !this.#isReading) return 'nothing';
    const { place } = this.#reader;
    if (place !== 'between') return place;
    return this.#responses.outstanding > 0 ? 'nothing' : 'request';
  }

  #stopReading(): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    this.#socket.pause();
  }
}
