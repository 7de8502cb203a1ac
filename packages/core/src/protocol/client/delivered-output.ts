import type { Position, Segment } from '@lockstep/contracts';
import { ByteLedger } from '../byte-ledger.js';
import type { OutputSegment } from '../connections/client-link.js';
import { advance, costBytes, cutBefore, endOf } from '../connections/piece.js';

/** What to do with a piece of output. */
export type OutputVerdict =
  | { readonly kind: 'data'; readonly segment: Segment }
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'duplicate' }
  /** The member is faulty: it left a gap, or contradicts what came before. */
  | { readonly kind: 'fault'; readonly reason: string };

/** How far the output of one connection has come, how far its client has taken it, and how far the group was told so. */
export class DeliveredOutput {
  /** What the client has not taken. */
  readonly #untaken = new ByteLedger();
  #received = 0 as Position;
  #state: 'open' | 'ended' | 'reset' = 'open';
  #taken = 0 as Position;
  /** Taken, and not acknowledged. */
  #unacknowledgedBytes = 0;
  /** Acknowledged in this attachment, at its beginning, or before by what is in the order for good. */
  #told = 0 as Position;
  #endTold = false;
  /** Acknowledged by what is in the order for good. */
  #settled = 0 as Position;

  /** How far output has come, the end counted. */
  get received(): Position {
    return this.#received;
  }

  get state(): 'open' | 'ended' | 'reset' {
    return this.#state;
  }

  /** Bytes that the client has taken since the last acknowledgement. */
  get unacknowledgedBytes(): number {
    return this.#unacknowledgedBytes;
  }

  /** Everything before this has reached the client. The end counts when all before it has. */
  get acknowledgeable(): Position {
    return this.isWhole ? this.#received : this.#taken;
  }

  /** The client has all there is, the end included. */
  get isWhole(): boolean {
    return this.#state === 'ended' && this.#taken === this.#untaken.units;
  }

  /** There is something to acknowledge. */
  get hasNews(): boolean {
    return this.acknowledgeable > this.#told;
  }

  /** The end was acknowledged, in this attachment or before. */
  get endTold(): boolean {
    return this.#endTold;
  }

  /** The end was acknowledged by what is in the order for good. */
  get endSettled(): boolean {
    return this.isWhole && this.#settled === this.#received;
  }

  /** Judges a piece by its position, and moves on past what is new of it. */
  accept(segment: OutputSegment): OutputVerdict {
    const end = segment.kind === 'data' ? endOf(segment) : advance(segment.position, 1);
    if (end <= this.#received) return { kind: 'duplicate' };
    if (this.#state !== 'open') return { kind: 'fault', reason: 'output behind the end' };
    if (segment.position > this.#received) return { kind: 'fault', reason: 'gap in the output' };
    if (segment.kind !== 'data') {
      this.#received = end;
      this.#state = segment.kind === 'end' ? 'ended' : 'reset';
      return { kind: segment.kind };
    }
    const rest = cutBefore(segment, this.#received);
    if (rest === undefined) return { kind: 'fault', reason: 'a message overlaps what was received' };
    this.#received = end;
    this.#untaken.add(rest.length, costBytes(rest.payload));
    return { kind: 'data', segment: { length: rest.length, payload: rest.payload } };
  }

  /** The client has taken this many units, cumulative, the end not counted. More than there are is believed to be all. */
  take(units: number): void {
    const taken = Math.min(units, this.#untaken.units) as Position;
    if (taken <= this.#taken) return;
    this.#taken = taken;
    this.#unacknowledgedBytes += this.#untaken.pass(taken);
  }

  /** The client has closed in good order, having read the end: it has taken everything. */
  takeAll(): void {
    this.take(this.#untaken.units);
  }

  /** What is acknowledged now, and counts as told from here on. */
  tell(): { readonly position: Position; readonly ended: boolean } {
    this.#told = this.acknowledgeable;
    this.#endTold = this.isWhole;
    this.#unacknowledgedBytes = 0;
    return { position: this.#told, ended: this.#endTold };
  }

  /** The attachment is lost: what was told and is not known to be in the order is to be told again. */
  forgetTold(): void {
    this.#told = this.#settled;
  }

  /** An acknowledgement is in the order for good. */
  settle(position: Position): void {
    if (position > this.#settled) this.#settled = position;
  }

  /** What was told is in the order for good. */
  settleTold(): void {
    this.settle(this.#told);
  }
}
