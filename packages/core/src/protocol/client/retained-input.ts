import type { ConnectionNumber, Position, Segment } from '@lockstep/contracts';
import { ByteLedger } from '../byte-ledger.js';
import { advance, canBeCut, costBytes, cutBefore, endOf, pieceOverheadBytes } from '../connections/piece.js';
import type { Command, DataCommand } from '../connections/entry.js';
import { Fifo } from '../fifo.js';
import { clientLimits } from './limits.js';

type InputCommand = DataCommand | Extract<Command, { kind: 'end' }>;

/** The requests of one connection, kept until the group says that they are stable, and how far they have been sent. */
export class RetainedInput {
  readonly #connection: ConnectionNumber;
  readonly #pieces = new Fifo<InputCommand>();
  /** What the service has not taken. */
  readonly #untaken = new ByteLedger();
  #retainedBytes = 0;
  /** How many of the pieces have been sent in this attachment. */
  #sentPieces = 0;
  #produced = 0 as Position;
  #stable = 0 as Position;
  #ended = false;

  constructor(connection: ConnectionNumber) {
    this.#connection = connection;
  }

  /** How far the client has sent, the end counted. */
  get produced(): Position {
    return this.#produced;
  }

  get stable(): Position {
    return this.#stable;
  }

  /** The client has half-closed. */
  get ended(): boolean {
    return this.#ended;
  }

  get hasUnsent(): boolean {
    return this.#sentPieces < this.#pieces.length;
  }

  /** What the next unsent piece costs. */
  get nextCostBytes(): number {
    const next = this.#pieces.at(this.#sentPieces);
    return next?.kind === 'data' ? costBytes(next.payload) : pieceOverheadBytes;
  }

  /** What waits for the group or for the service, whichever is more. */
  get waitingBytes(): number {
    return Math.max(this.#retainedBytes, this.#untaken.bytes);
  }

  /** The client has sent this. A byte stream is cut to the size of a batch. */
  append(segment: Segment): void {
    const pieceLength = canBeCut(segment) ? clientLimits.batchBytesMax - pieceOverheadBytes : segment.length;
    for (let offset = 0; offset < segment.length; offset += pieceLength) {
      const length = Math.min(pieceLength, segment.length - offset);
      const payload = length === segment.length ? segment.payload : segment.payload.subarray(offset, offset + length);
      const connection = this.#connection;
      this.#pieces.push({ kind: 'data', connection, position: this.#produced, length, payload });
      this.#produced = advance(this.#produced, length);
      this.#untaken.add(length, costBytes(payload));
      this.#retainedBytes += costBytes(payload);
    }
  }

  /** The client has half-closed: one more unit, and the last. */
  end(): void {
    this.#pieces.push({ kind: 'end', connection: this.#connection, position: this.#produced });
    this.#produced = advance(this.#produced, 1);
    this.#ended = true;
  }

  /** The next piece to send, which counts as sent from here on. */
  takeUnsent(): InputCommand | undefined {
    const piece = this.#pieces.at(this.#sentPieces);
    if (piece !== undefined) this.#sentPieces += 1;
    return piece;
  }

  /** Everything before `position` is in the order for good. */
  settle(position: Position): void {
    for (
      let first = this.#pieces.first;
      first !== undefined && endOfInput(first) <= position;
      first = this.#pieces.first
    ) {
      this.#pieces.shift();
      if (this.#sentPieces > 0) this.#sentPieces -= 1;
      if (first.kind === 'data') this.#retainedBytes -= costBytes(first.payload);
    }
    if (position > this.#stable) this.#stable = position;
  }

  /**
   * A new attachment: the group has everything before `position`, the rest is to be sent again.
   *
   * @returns what is wrong with the position, if it cannot be true
   */
  resume(position: Position): string | undefined {
    if (position < this.#stable) return 'the group has lost stable requests';
    if (position > this.#produced) return 'the group has requests that were never sent';
    this.settle(position);
    this.#sentPieces = 0;
    const first = this.#pieces.first;
    if (first?.kind !== 'data' || first.position >= position) return undefined;
    const rest = cutBefore(first, position);
    if (rest === undefined) return 'the group has half of a message';
    this.#retainedBytes -= costBytes(first.payload) - costBytes(rest.payload);
    this.#pieces.replaceFirst(rest);
    return undefined;
  }

  /**
   * The service has taken everything before `position`.
   *
   * @returns what is wrong with the position, if it cannot be true
   */
  take(position: Position): string | undefined {
    if (position > this.#untaken.units) return 'the service took requests that were never sent';
    this.#untaken.pass(position);
    return undefined;
  }

  /** The connection is reset: nothing of this is to be sent any more. */
  discard(): void {
    this.#pieces.clear();
    this.#sentPieces = 0;
    this.#retainedBytes = 0;
    this.#untaken.pass(this.#untaken.units);
  }
}

function endOfInput(piece: InputCommand): Position {
  return piece.kind === 'data' ? endOf(piece) : advance(piece.position, 1);
}
