import type { ConnectionNumber, Segment } from '@lockstep/contracts';
import { codes, echoOf } from './model-service.fixture.js';
import type { Random } from './random.fixture.js';
import { check, type Truth, unitsOfPayload } from './truth.fixture.js';

/** A client's connection: it sends at random, knows what must come back, and takes it when it likes. */
export class ModelChannel {
  readonly id: ConnectionNumber;
  readonly endpoint: string;
  paused = false;
  /** The client has half-closed. */
  ended = false;
  /** The service has ended the output. */
  finished = false;
  /** Broken, by whomever. */
  broken = false;
  closed = false;
  taken = 0;
  /** How often the counter was asked for. */
  counts = 0;
  readonly #random: Random;
  readonly #truth: Truth;
  /** The output that must come, as text; `#` is a byte of the counter. */
  readonly #expected: string[] = [];
  /** Nothing is expected behind what is expected now. */
  #isLast = false;
  #received = 0;
  /** Data units only. */
  #units = 0;
  #counterBytes: number[] = [];

  constructor(id: ConnectionNumber, endpoint: string, random: Random, truth: Truth) {
    this.id = id;
    this.endpoint = endpoint;
    this.#random = random;
    this.#truth = truth;
  }

  get isOpen(): boolean {
    return !this.broken && !this.closed;
  }

  /** Received everything there is. */
  get isComplete(): boolean {
    return this.#isLast && this.#received === this.#expected.length;
  }

  /** Data units that the client has not taken. */
  get untaken(): number {
    return this.#units - this.taken;
  }

  /** Whether the service resets this connection. */
  get expectsReset(): boolean {
    return this.#expected.at(-1) === 'reset';
  }

  /** What the client sends next. */
  send(): Segment {
    const isLong = this.#random.chance(0.1);
    const length = 2 + this.#random.below(isLong ? 400 : 12);
    const payload = Uint8Array.from({ length }, () => this.#random.below(64));
    const choice = this.#random.below(40);
    if (choice < 8) payload[this.#random.below(payload.length)] = codes.count;
    else if (choice === 8) payload[this.#random.below(payload.length)] = codes.finish;
    else if (choice === 9) payload[this.#random.below(payload.length)] = codes.break;
    this.#expect(payload);
    return { length: this.endpoint === 'echo' ? payload.length : 1, payload };
  }

  end(): void {
    this.ended = true;
    if (this.#isLast) return;
    if (this.endpoint === 'echo') this.#expected.push('46');
    this.#expected.push('end');
    this.#isLast = true;
  }

  /** C1, C2: what comes back is what was asked for, in its order, each position once. */
  receive(length: number, payload: Uint8Array): void {
    check(this.isOpen && !this.finished, `C5: data behind the end of ${this.id}`);
    for (const text of unitsOfPayload(length, payload)) this.#receive(text);
    this.#units += length;
  }

  receiveEnd(): void {
    check(this.isOpen && !this.finished, `C5: two ends of ${this.id}`);
    this.#receive('end');
    this.finished = true;
  }

  /** C3: only the service, or a stated limit, breaks a connection. */
  receiveReset(isExcused: boolean): void {
    check(this.isOpen, `C5: ${this.id} is broken twice`);
    if (!isExcused) this.#receive('reset');
    this.broken = true;
  }

  #receive(text: string): void {
    const expected = this.#expected[this.#received];
    const matches = expected === '#' ? text !== 'end' && text !== 'reset' : expected === text;
    check(matches, `C1: ${this.id} received ${text} instead of ${expected} at ${this.#received}`);
    this.#received += 1;
    if (expected !== '#') return;
    this.#counterBytes.push(Number(text));
    if (this.#counterBytes.length < 4) return;
    this.#truth.counter(this.#counterBytes.reduce((value, byte) => value * 256 + byte, 0));
    this.#counterBytes = [];
  }

  #expect(payload: Uint8Array): void {
    if (this.endpoint === 'messages') {
      this.#expected.push(...unitsOfPayload(1, payload.map(echoOf)));
      return;
    }
    for (const byte of payload) {
      if (byte === codes.count) this.counts += 1;
      if (this.#isLast) continue;
      if (byte === codes.finish || byte === codes.break) {
        this.#expected.push(byte === codes.finish ? 'end' : 'reset');
        this.#isLast = true;
      } else {
        this.#expected.push(String(echoOf(byte)));
        if (byte === codes.count) this.#expected.push('#', '#', '#', '#');
      }
    }
  }
}
