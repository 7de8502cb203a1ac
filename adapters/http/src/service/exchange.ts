import type { Segment } from '@lockstep/contracts';
import type { SocketWriter } from '../socket-writer.js';
import { formatChunk, formatLastChunk } from '../units/chunk-format.js';
import { formatRequestHead, type RequestHeadUnit } from './request-format.js';

/** Who has sent the request, and is told what becomes of it. */
export interface ExchangeHandler {
  /** The kernel has taken this many more units of the request. */
  onTaken(units: number): void;
  /** The next unit of the response. */
  onUnit(segment: Segment): void;
  /** The response has begun, and has no end: events, or another protocol. */
  onUnbounded(exchange: Exchange): void;
  /** The other protocol, or the connection before the response had its end, was ended by the service in good order. */
  onCut(exchange: Exchange): void;
  /**
   * The response was read to its end.
   *
   * @param closes the service closes the connection behind it
   */
  onAnswered(exchange: Exchange, closes: boolean): void;
  /** There will be no response, or no end of it. */
  onBroken(exchange: Exchange, reason: Error): void;
}

interface Part {
  readonly pieces: readonly Uint8Array[];
  /** 0 once they are reported as taken. */
  units: number;
}

/** A request on its way to the service, and what is known of its response. */
export class Exchange {
  readonly head: RequestHeadUnit;
  readonly handler: ExchangeHandler;
  /** The response has begun, but for informational heads. */
  hasResponse = false;
  /** The response was read to its end. */
  isAnswered = false;
  /** The service has said something before the response, such as that it wants the body. */
  isEncouraged = false;
  readonly #repeatBytesMax: number;
  #writer: SocketWriter | undefined;
  readonly #unwritten: Part[] = [];
  /** What is to be written again if the connection turns out to be closed; undefined if that would be too much. */
  #written: Part[] | undefined = [];
  #writtenBytes = 0;
  #remaining: number;
  #isWhole: boolean;
  /** Bytes of the other protocol wait until the service speaks it. */
  #raw: Part[] | undefined = [];
  #rawEnds = false;

  /**
   * @param repeatBytesMax a longer request is not written a second time
   */
  constructor(head: RequestHeadUnit, handler: ExchangeHandler, repeatBytesMax: number) {
    this.head = head;
    this.handler = handler;
    this.#repeatBytesMax = repeatBytesMax;
    this.#remaining = head.framing.kind === 'length' ? head.framing.length : 0;
    this.#isWhole = head.framing.kind === 'none';
    this.#put({ pieces: [formatRequestHead(head)], units: 1 });
  }

  /** Whether all of the request is there. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Whether it is up to the client that the service has nothing to do: the rest of the request is not there. */
  get waitsForClient(): boolean {
    return !this.#isWhole && (!this.head.expectsContinue || this.isEncouraged || this.hasResponse);
  }

  /** Whether the request is whole and could be written again, as the service has not answered it. */
  get canBeRepeated(): boolean {
    return this.#isWhole && !this.hasResponse && this.#written !== undefined;
  }

  /** Adds to the body, or to what is said in the other protocol. */
  add(payload: Uint8Array): void {
    const units = payload.length;
    if (this.#isWhole) return this.#addRaw({ pieces: [payload], units });
    if (this.head.framing.kind === 'chunked') return this.#put({ pieces: formatChunk(payload), units });
    this.#remaining -= units;
    this.#isWhole = this.#remaining <= 0;
    this.#put({ pieces: [payload], units });
  }

  /** The end of a body in chunks. */
  finish(trailers: Uint8Array): void {
    this.#isWhole = true;
    this.#put({ pieces: formatLastChunk(trailers), units: 1 });
  }

  /**
   * Counts what is not written as taken.
   *
   * @returns how many units that are
   */
  takeUnwritten(): number {
    let units = 0;
    for (const part of this.#unwritten) {
      units += part.units;
      part.units = 0;
    }
    return units;
  }

  /** Writes what is there, and what comes from now on. */
  begin(writer: SocketWriter): void {
    this.#writer = writer;
    for (const part of this.#unwritten.splice(0)) this.#write(writer, part);
  }

  /** Gets ready to be written again. */
  rewind(): void {
    this.#writer = undefined;
    this.#unwritten.unshift(...(this.#written ?? []));
    this.#written = [];
    this.#writtenBytes = 0;
  }

  /** The service speaks the other protocol now. */
  openTunnel(): void {
    const waiting = this.#raw ?? [];
    this.#raw = undefined;
    for (const part of waiting) this.#addRaw(part);
    if (this.#rawEnds) this.#writer?.end();
  }

  /** Ends what is said in the other protocol. */
  endRaw(): void {
    this.#rawEnds = true;
    if (this.#raw === undefined) this.#writer?.end();
  }

  #addRaw(part: Part): void {
    if (this.#raw !== undefined) this.#raw.push(part);
    else if (this.#writer !== undefined) this.#write(this.#writer, part);
  }

  #put(part: Part): void {
    if (this.#writer === undefined) this.#unwritten.push(part);
    else this.#write(this.#writer, part);
  }

  #write(writer: SocketWriter, part: Part): void {
    this.#remember(part);
    writer.write(part.pieces, () => {
      const { units } = part;
      part.units = 0;
      if (units > 0) this.handler.onTaken(units);
    });
  }

  #remember(part: Part): void {
    if (this.#written === undefined) return;
    for (const piece of part.pieces) this.#writtenBytes += piece.length;
    if (this.hasResponse || this.#writtenBytes > this.#repeatBytesMax) this.#written = undefined;
    else this.#written.push(part);
  }
}
