import type { Position, Segment } from '@lockstep/contracts';
import { ByteLedger } from '../byte-ledger.js';
import { costBytes } from './piece.js';

/** How far this replica's service has taken one connection's requests, and how much of that its client has been told. */
export class InputCredit {
  readonly #untaken = new ByteLedger();
  #taken = 0 as Position;
  #untoldBytes = 0;
  #isVoid = false;

  get taken(): Position {
    return this.#taken;
  }

  /** Bytes that the service has taken since this was told last. */
  get untoldBytes(): number {
    return this.#untoldBytes;
  }

  /** The service is being given this. */
  give(segment: Segment): void {
    this.#untaken.add(segment.length, costBytes(segment.payload));
    if (this.#isVoid) this.take(this.#untaken.units);
  }

  /** The service has broken the connection: whatever it is given is gone, and the client must not wait for it. */
  void(): void {
    this.#isVoid = true;
    this.take(this.#untaken.units);
  }

  /** The service has taken this many units, cumulative. More than it was given is believed to be all. */
  take(units: number): void {
    const taken = Math.min(units, this.#untaken.units) as Position;
    if (taken <= this.#taken) return;
    this.#taken = taken;
    this.#untoldBytes += this.#untaken.pass(taken);
  }

  told(): void {
    this.#untoldBytes = 0;
  }
}
