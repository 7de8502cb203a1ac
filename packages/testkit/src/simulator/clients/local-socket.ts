import type { Milliseconds, Segment } from '@lockstep/contracts';
import type { Random } from '../base/random.js';
import type { Scheduler } from '../base/scheduler.js';

/** What one side of a connection on the client's host has said, in its order. */
export type SocketEvent =
  { readonly kind: 'data'; readonly bytes: Uint8Array } | { readonly kind: 'end' } | { readonly kind: 'reset' };

/** What a client's program is told. */
export interface ClientProgram {
  onData(bytes: Uint8Array): void;
  onEnd(): void;
  onReset(): void;
}

const hopMs: readonly [Milliseconds, Milliseconds] = [0.01, 0.3];

/**
 * A client's connection to the client interceptor on the same host. The interceptor's side reads in its turns; the
 * program's side is told as things come, at the pace at which it reads.
 */
export class LocalSocket {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #wake: () => void;
  #program!: ClientProgram;
  /** Arrived at the interceptor, and not read there. */
  readonly arrivals: SocketEvent[] = [];
  /** Bytes that the program has taken, cumulative. */
  takenBytes = 0;
  /** Bytes that the program takes in one read, and how long it is away in between. */
  readPace: { readonly bytesMax: number; readonly pauseMs: Milliseconds } | undefined;
  readonly #unread: Exclude<SocketEvent, { kind: 'reset' }>[] = [];
  #isReading = false;
  #lastHopAt: Milliseconds = 0;
  #clientEnded = false;
  #interceptorEnded = false;
  /** Broken by either side, or both directions are over. */
  isOver = false;

  constructor(scheduler: Scheduler, random: Random, wake: () => void) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#wake = wake;
  }

  bind(program: ClientProgram): void {
    this.#program = program;
  }

  /** Both sides are done with it. */
  get isClosed(): boolean {
    return this.isOver || (this.#clientEnded && this.#interceptorEnded && this.#unread.length === 0);
  }

  /** The program sends. */
  write(bytes: Uint8Array): void {
    this.#hop({ kind: 'data', bytes });
  }

  end(): void {
    this.#hop({ kind: 'end' });
  }

  reset(): void {
    this.#hop({ kind: 'reset' });
    this.#unread.length = 0;
    this.isOver = true;
  }

  /** The interceptor has read the program's end. */
  noteEnded(): void {
    this.#clientEnded = true;
  }

  /** The interceptor sends. */
  deliver(segment: Segment): void {
    this.#unread.push({ kind: 'data', bytes: segment.payload });
    this.#read();
  }

  deliverEnd(): void {
    this.#interceptorEnded = true;
    this.#unread.push({ kind: 'end' });
    this.#read();
  }

  /** The interceptor breaks it, or has died. */
  break(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.arrivals.length = 0;
    this.#unread.length = 0;
    this.#scheduler.after(this.#delay(), () => this.#program.onReset());
  }

  #hop(event: SocketEvent): void {
    if (this.isOver) return;
    this.#lastHopAt = Math.max(this.#lastHopAt, this.#scheduler.now + this.#delay());
    this.#scheduler.at(this.#lastHopAt, () => {
      if (this.isOver && event.kind !== 'reset') return;
      this.arrivals.push(event);
      this.#wake();
    });
  }

  /** The program reads what is there, part by part. */
  #read(): void {
    if (this.#isReading || this.isOver || this.#unread.length === 0) return;
    this.#isReading = true;
    this.#scheduler.after((this.readPace?.pauseMs ?? 0) + this.#delay(), () => {
      this.#isReading = false;
      this.#takeSome();
      this.#wake();
      this.#read();
    });
  }

  #takeSome(): void {
    let left = this.readPace?.bytesMax ?? Infinity;
    while (left > 0 && !this.isOver) {
      const event = this.#unread.shift();
      if (event === undefined) return;
      if (event.kind === 'end') return this.#program.onEnd();
      const taken = event.bytes.subarray(0, left);
      if (taken.byteLength < event.bytes.byteLength)
        this.#unread.unshift({ kind: 'data', bytes: event.bytes.subarray(left) });
      left -= taken.byteLength;
      this.takenBytes += taken.byteLength;
      this.#program.onData(taken);
    }
  }

  #delay(): Milliseconds {
    return this.#random.delayMs(hopMs[0], hopMs[1]);
  }
}
