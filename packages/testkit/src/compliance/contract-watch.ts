import type { Segment } from '@lockstep/contracts';
import { BufferWatch } from './buffer-watch.js';

/**
 * What a channel has been told and has told, and every breach of what the contract says of that: calls come one at a
 * time, never from inside a call into the channel, segments not while paused, nothing after the last.
 */
export class ContractWatch {
  readonly #report: (breach: string) => void;
  readonly #buffers: BufferWatch;
  #isInCall = false;
  #isInHandler = false;
  #isPaused = false;
  #wasReset = false;
  #hasOpened = false;
  #hasEnded = false;
  #isBroken = false;
  #isClosed = false;
  /** Something was told that supposes an open connection; that bytes were taken does not. */
  #hasBegun = false;
  #sentUnits = 0;
  #takenUnits = 0;

  /** @param report is given each breach, in words */
  constructor(report: (breach: string) => void) {
    this.#report = report;
    this.#buffers = new BufferWatch(() => report('a buffer was written after it was handed over'));
  }

  /** Nothing may follow. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Broken by the other side, closed, or reset by the caller. */
  get isOver(): boolean {
    return this.#isClosed || this.#isBroken || this.#wasReset;
  }

  /** Makes a call into the channel. */
  call(call: () => void): void {
    const wasInCall = this.#isInCall;
    this.#isInCall = true;
    try {
      call();
    } finally {
      this.#isInCall = wasInCall;
    }
  }

  noteSend({ length, payload }: Segment): void {
    this.#sentUnits += length;
    this.#buffers.watch(payload);
  }

  noteReset(): void {
    this.#wasReset = true;
  }

  notePause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  onOpen(tell: () => void): void {
    this.#told('onOpen', tell, () => {
      if (this.#hasBegun) this.#report(this.#hasOpened ? 'onOpen twice' : 'onOpen is not the first');
      this.#hasOpened = true;
    });
  }

  onIdle(tell: () => void): void {
    this.#told('onIdle', tell);
  }

  onSegment({ length, payload }: Segment, tell: () => void): void {
    this.#told('onSegment', tell, () => {
      if (this.#isPaused) this.#report('onSegment while paused');
      if (this.#hasEnded) this.#report('onSegment after onEnd');
      if (!Number.isInteger(length) || length <= 0) this.#report(`a segment with a length of ${length} units`);
      this.#buffers.watch(payload);
    });
  }

  onTaken(units: number, tell: () => void): void {
    this.#told('onTaken', tell, () => {
      if (units <= this.#takenUnits) this.#report(`onTaken(${units}) after onTaken(${this.#takenUnits})`);
      if (units > this.#sentUnits) this.#report(`onTaken(${units}) when ${this.#sentUnits} units had been sent`);
      this.#takenUnits = units;
    });
  }

  onEnd(tell: () => void): void {
    this.#told('onEnd', tell, () => {
      if (this.#isPaused) this.#report('onEnd while paused');
      if (this.#hasEnded) this.#report('onEnd twice');
      this.#hasEnded = true;
    });
  }

  onReset(reason: unknown, tell: () => void): void {
    this.#told('onReset', tell, () => {
      if (!(reason instanceof Error)) this.#report('onReset without an Error as its reason');
    });
    this.#isBroken = true;
  }

  onClosed(tell: () => void): void {
    if (this.#isInCall) this.#report('onClosed from inside a call into the channel');
    if (this.#isClosed) this.#report('onClosed twice');
    if (!this.isOver && !this.#hasEnded) this.#report('onClosed, and neither an end nor a reset before it');
    this.#isClosed = true;
    this.#buffers.inspect();
    tell();
  }

  #told(name: string, tell: () => void, check?: () => void): void {
    if (this.#isInCall) this.#report(`${name} from inside a call into the channel`);
    if (this.#isInHandler) this.#report(`${name} from inside another call`);
    if (this.#isClosed) this.#report(`${name} after onClosed`);
    if (this.#isBroken) this.#report(`${name} after onReset`);
    if (this.#wasReset) this.#report(`${name} after reset`);
    check?.();
    if (name !== 'onTaken') this.#hasBegun = true;
    this.#isInHandler = true;
    try {
      tell();
    } finally {
      this.#isInHandler = false;
    }
  }
}
