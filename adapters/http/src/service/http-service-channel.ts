import type { Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { faultOf } from '@lockstep/sockets';
import { Outlet } from '../outlet.js';
import { decodeUnit } from '../units/unit-codec.js';
import { Exchange, type ExchangeHandler } from './exchange.js';
import type { ExchangeLine } from './exchange-line.js';

/** What a service channel has to do with the others of its face. */
export interface HttpServiceChannelTerms {
  readonly gate: 'reply' | 'none';
  /** A longer request is not written a second time. */
  readonly repeatBytesMax: number;
  /** Whether the line serves this channel only. */
  readonly ownsLine: boolean;
  onGone(channel: HttpServiceChannel): void;
}

/** What is kept for a client that does not read, where others wait for the same connection. */
const keptBytesMax = 16 * 1024 * 1024;

/**
 * A virtual connection at the service. Its requests are handed over one after the other, each when the one before is answered.
 * It is busy until every request is answered to its end, or has a response that has none, or waits for its client to send the
 * rest of it.
 */
export class HttpServiceChannel implements ServiceChannel, ExchangeHandler {
  readonly #line: ExchangeLine;
  readonly #terms: HttpServiceChannelTerms;
  #outlet: Outlet | undefined;
  #handler: ServiceChannelHandler | undefined;
  /** Requests that are not handed over, in order. */
  readonly #waiting: Exchange[] = [];
  /** The one that is. */
  #present: Exchange | undefined;
  /** Its response has no end. */
  #isUnbounded = false;
  /** The last request, as long as something may be added to it. */
  #incoming: Exchange | undefined;
  #inputEnded = false;
  #isReset = false;
  /** Something was sent since it was last said that the channel is idle. */
  #wasBusy = false;

  constructor(line: ExchangeLine, terms: HttpServiceChannelTerms) {
    this.#line = line;
    this.#terms = terms;
  }

  get busy(): boolean {
    if (this.#terms.gate === 'none' || this.#outlet?.isOver === true) return false;
    return this.#present !== undefined && !this.#isUnbounded && !this.#present.waitsForClient;
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
    this.#outlet = new Outlet(handler, () => undefined);
  }

  /** The connection to the service is open. */
  open(): void {
    if (this.#outlet?.isOver === false) this.#handler?.onOpen();
  }

  send(segment: Segment): void {
    if (this.#inputEnded || this.#isReset || this.#outlet?.isOver === true) return;
    try {
      this.#take(segment);
    } catch (error) {
      process.nextTick(() => this.fail(error as Error));
      return;
    }
    this.#submit();
    this.#wasBusy ||= this.busy;
  }

  end(): void {
    if (this.#inputEnded || this.#isReset) return;
    this.#inputEnded = true;
    if (this.#isUnbounded && this.#present?.head.upgrade === true) this.#present.endRaw();
    process.nextTick(() => this.#finishIfDone());
  }

  reset(): void {
    if (this.#isReset) return;
    this.#isReset = true;
    this.#outlet?.silence();
    if (this.#incoming !== undefined) this.#dropIncoming(this.#incoming);
    if (this.#terms.ownsLine) this.#line.destroy();
    else if (this.#isUnbounded && this.#present !== undefined) this.#line.abort(this.#present);
    process.nextTick(() => this.#close());
  }

  pause(): void {
    this.#outlet?.pause();
    if (this.#terms.ownsLine) this.#line.pause();
    if (this.#present !== undefined) this.#line.pauseDetached(this.#present);
  }

  resume(): void {
    if (this.#terms.ownsLine) this.#line.resume();
    if (this.#present !== undefined) this.#line.resumeDetached(this.#present);
    this.#outlet?.resume();
  }

  /** The channel breaks, for a reason that is not in what was said on it. */
  fail(reason: Error): void {
    if (this.#terms.ownsLine) this.#line.destroy();
    this.#outlet?.reset(reason, faultOf(reason));
    this.#close();
  }

  onTaken(units: number): void {
    this.#outlet?.taken(units);
  }

  onUnit(segment: Segment): void {
    this.#outlet?.segment(segment);
    this.#tellIfIdle();
    if ((this.#outlet?.waitingBytes ?? 0) <= keptBytesMax || this.#terms.ownsLine) return;
    this.fail(new Error(`the client has not read ${keptBytesMax} bytes of its responses, and others wait`));
  }

  onUnbounded(): void {
    this.#isUnbounded = true;
    this.#tellIfIdle();
  }

  onCut(exchange: Exchange): void {
    if (this.#isUnbounded && exchange.head.upgrade && !this.#inputEnded) return this.#outlet?.end();
    this.#finish();
  }

  onAnswered(exchange: Exchange, closes: boolean): void {
    if (closes) return this.#finish();
    if (!exchange.isWhole) return;
    this.#goOn();
  }

  onBroken(_exchange: Exchange, reason: Error): void {
    this.fail(reason);
  }

  #take(segment: Segment): void {
    const unit = decodeUnit(segment);
    if (unit.kind === 'request-head') {
      this.#incoming = new Exchange(unit, this, this.#terms.repeatBytesMax);
      this.#waiting.push(this.#incoming);
    } else if (this.#incoming === undefined || unit.kind === 'response-head') {
      throw new Error(`a ${unit.kind} came where a request begins`);
    } else if (unit.kind === 'body') {
      this.#incoming.add(unit.payload);
    } else {
      this.#incoming.finish(unit.trailers);
    }
    this.#noteWhole(this.#incoming);
  }

  #noteWhole(exchange: Exchange): void {
    if (!exchange.isWhole) return;
    // What comes behind a request for another protocol belongs to that.
    if (!exchange.head.upgrade) this.#incoming = undefined;
    if (exchange !== this.#present || !exchange.isAnswered) return;
    process.nextTick(() => {
      this.#line.noteWhole(exchange);
      this.#goOn();
    });
  }

  /** Hands over the next request, if it is its turn. Where others share the connection, it has to be whole. */
  #submit(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#present !== undefined) return;
    if (!this.#terms.ownsLine && !next.isWhole && !next.head.solitary) return this.#keep(next);
    this.#waiting.shift();
    this.#present = next;
    this.#isUnbounded = false;
    this.#line.submit(next);
  }

  /** What waits for its rest must not use up what the client may send, or the rest would never come. */
  #keep(incoming: Exchange): void {
    const units = incoming.takeUnwritten();
    process.nextTick(() => this.#outlet?.taken(units));
  }

  #goOn(): void {
    this.#present = undefined;
    this.#submit();
    this.#wasBusy ||= this.busy;
    this.#tellIfIdle();
    this.#finishIfDone();
  }

  #tellIfIdle(): void {
    if (this.#terms.gate === 'none' || !this.#wasBusy || this.busy || this.#outlet?.isOver !== false) return;
    this.#wasBusy = false;
    this.#handler?.onIdle();
  }

  /** Nobody sends any more, and everything is answered; or what is left has no end, and nobody would read it. */
  #finishIfDone(): void {
    if (!this.#inputEnded || this.#isReset || this.#waiting.length > 0) return;
    if (this.#present === undefined) return this.#finish();
    if (!this.#isUnbounded) return;
    const isTunnel = this.#present.head.upgrade;
    if (isTunnel && this.#outlet?.hasEnded === false) return;
    this.#line.abort(this.#present);
    this.#finish();
  }

  #finish(): void {
    if (this.#terms.ownsLine) this.#line.close();
    this.#outlet?.end();
    this.#close();
  }

  #close(): void {
    this.#outlet?.closed();
    this.#terms.onGone(this);
  }

  /** A request that is not whole is not executed anywhere, unless a part of it has gone out. */
  #dropIncoming(incoming: Exchange): void {
    if (incoming.isWhole) return;
    const index = this.#waiting.indexOf(incoming);
    if (index >= 0) this.#waiting.splice(index, 1);
    else if (!this.#terms.ownsLine) this.#line.abort(incoming);
  }
}
