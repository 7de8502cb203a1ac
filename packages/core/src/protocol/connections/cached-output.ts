import type { ConnectionNumber, Position, Segment } from '@lockstep/contracts';
import { Fifo } from '../fifo.js';
import type { OutputSegment } from './client-link.js';
import { advance, costBytes, cutBefore, endOf } from './piece.js';

/**
 * What this replica's service has put out on one connection and the client has not acknowledged, and how much of it has
 * been sent in the present attachment.
 */
export class CachedOutput {
  readonly #connection: ConnectionNumber;
  readonly #pieces = new Fifo<OutputSegment>();
  #state: 'open' | 'ended' | 'reset' = 'open';
  #acknowledged = 0 as Position;
  #produced = 0 as Position;
  /** What lies before this is caused by stable entries. */
  #releasable = 0 as Position;
  #sent = 0 as Position;
  /** How many of the pieces have been sent. */
  #sentPieces = 0;
  #bytes = 0;
  #inFlightBytes = 0;

  constructor(connection: ConnectionNumber) {
    this.#connection = connection;
  }

  get state(): 'open' | 'ended' | 'reset' {
    return this.#state;
  }

  get produced(): Position {
    return this.#produced;
  }

  /** How far output has been sent, or need not be sent, in this attachment. */
  get sent(): Position {
    return this.#sent;
  }

  /** What the cached pieces cost. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The service has put this out. What the client has acknowledged by way of another replica is dropped. */
  append(segment: Segment): void {
    const { length, payload } = segment;
    const connection = this.#connection;
    this.#keep({ kind: 'data', connection, position: this.#produced, length, payload });
  }

  /** The service has half-closed or broken the connection: one more unit, and the last. */
  finish(how: 'end' | 'reset'): void {
    this.#keep({ kind: how, connection: this.#connection, position: this.#produced });
    this.#state = how === 'end' ? 'ended' : 'reset';
  }

  /** The client has everything before `position`; this may be more than has been put out here. */
  acknowledge(position: Position): void {
    this.#acknowledged = position;
    if (this.#sent < position) this.#sent = position;
    for (let piece = this.#pieces.first; piece !== undefined && endOfOutput(piece) <= position;) {
      this.#pieces.shift();
      this.#trimmed(costOf(piece));
      if (this.#sentPieces > 0) this.#sentPieces -= 1;
      piece = this.#pieces.first;
    }
    const first = this.#pieces.first;
    if (first?.kind !== 'data' || first.position >= position) return;
    const rest = cutBefore(first, position);
    if (rest === undefined) return;
    this.#trimmed(costOf(first) - costOf(rest));
    this.#pieces.replaceFirst(rest);
  }

  /** Everything put out so far that lies before `through` may be sent. */
  release(through: Position): void {
    this.#releasable = through;
  }

  /** A new attachment: everything after the acknowledged position is to be sent, again perhaps. */
  rewind(): void {
    this.#sent = this.#acknowledged;
    this.#sentPieces = 0;
    this.#inFlightBytes = 0;
  }

  /**
   * The next piece to send, which counts as sent from here on.
   *
   * @param windowBytes how much may be in flight; a single piece may always be
   */
  takeSendable(windowBytes: number): OutputSegment | undefined {
    const piece = this.#pieces.at(this.#sentPieces);
    if (piece === undefined || endOfOutput(piece) > this.#releasable) return undefined;
    const cost = costOf(piece);
    if (this.#inFlightBytes > 0 && this.#inFlightBytes + cost > windowBytes) return undefined;
    this.#sentPieces += 1;
    this.#sent = endOfOutput(piece);
    this.#inFlightBytes += cost;
    return piece;
  }

  /** The cached pieces in order, for checks. */
  pieces(): OutputSegment[] {
    return this.#pieces.toArray();
  }

  #keep(segment: OutputSegment): void {
    this.#produced = endOfOutput(segment);
    if (this.#produced <= this.#acknowledged) return;
    const piece = segment.kind === 'data' ? (cutBefore(segment, this.#acknowledged) ?? segment) : segment;
    this.#pieces.push(piece);
    this.#bytes += costOf(piece);
  }

  /** Bytes at the front are gone; if the first piece was in flight, they no longer are. */
  #trimmed(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#sentPieces > 0) this.#inFlightBytes -= bytes;
  }
}

function endOfOutput(segment: OutputSegment): Position {
  return segment.kind === 'data' ? endOf(segment) : advance(segment.position, 1);
}

function costOf(segment: OutputSegment): number {
  return segment.kind === 'data' ? costBytes(segment.payload) : 0;
}
