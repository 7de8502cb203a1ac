import type { Channel, Segment, ServiceChannelHandler } from '@lockstep/contracts';
import { ReceivedBytes } from './received-bytes.js';

/**
 * Binds itself to a channel, records what is told, and notes every breach of what the contract says of calls: one at a
 * time, never from inside a call into the channel, nothing after the last.
 */
export class ChannelRecorder implements ServiceChannelHandler {
  /** What was told, other than segments and units taken, in order. */
  readonly events: ('open' | 'end' | 'reset' | 'closed' | 'idle')[] = [];
  /** Breaches of the contract, in words; stays empty. */
  readonly breaches: string[] = [];
  /** The last cumulative number of units taken. */
  takenUnits = 0;
  resetReason: Error | undefined;
  resetFault: 'peer' | 'local' | undefined;
  readonly #channel: Channel;
  readonly #received = new ReceivedBytes();
  #isInCall = false;
  #isInHandler = false;
  #isPaused = false;
  #wasReset = false;

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#call(() => channel.bind(this));
  }

  get received(): Uint8Array {
    return this.#received.bytes;
  }

  get receivedUnits(): number {
    return this.#received.length;
  }

  get isClosed(): boolean {
    return this.events.at(-1) === 'closed';
  }

  send(payload: Uint8Array): void {
    this.#call(() => this.#channel.send({ length: payload.byteLength, payload }));
  }

  end(): void {
    this.#call(() => this.#channel.end());
  }

  reset(): void {
    this.#wasReset = true;
    this.#call(() => this.#channel.reset());
  }

  pause(): void {
    this.#isPaused = true;
    this.#call(() => this.#channel.pause());
  }

  resume(): void {
    this.#isPaused = false;
    this.#call(() => this.#channel.resume());
  }

  onSegment({ length, payload }: Segment): void {
    this.#note('onSegment', () => {
      if (this.#isPaused) this.breaches.push('onSegment while paused');
      if (this.events.includes('end')) this.breaches.push('onSegment after onEnd');
      if (length !== payload.byteLength) this.breaches.push('the length of a segment of bytes is not its bytes');
      if (length === 0) this.breaches.push('an empty segment');
      this.#received.push(payload);
    });
  }

  onTaken(units: number): void {
    this.#note('onTaken', () => {
      if (units <= this.takenUnits) this.breaches.push(`onTaken(${units}) after onTaken(${this.takenUnits})`);
      this.takenUnits = units;
    });
  }

  onOpen(): void {
    this.#note('onOpen', () => {
      if (this.events.length > 0) this.breaches.push('onOpen is not the first');
      this.events.push('open');
    });
  }

  onIdle(): void {
    this.#note('onIdle', () => this.events.push('idle'));
  }

  onEnd(): void {
    this.#note('onEnd', () => {
      if (this.#isPaused) this.breaches.push('onEnd while paused');
      if (this.events.includes('end')) this.breaches.push('onEnd twice');
      this.events.push('end');
    });
  }

  onReset(reason: Error, fault: 'peer' | 'local'): void {
    this.#note('onReset', () => {
      this.resetReason = reason;
      this.resetFault = fault;
      this.events.push('reset');
    });
  }

  onClosed(): void {
    if (this.#isInCall) this.breaches.push('onClosed from inside a call into the channel');
    if (this.isClosed) this.breaches.push('onClosed twice');
    this.events.push('closed');
  }

  #call(call: () => void): void {
    const wasInCall = this.#isInCall;
    this.#isInCall = true;
    call();
    this.#isInCall = wasInCall;
  }

  #note(name: string, note: () => void): void {
    if (this.#isInCall) this.breaches.push(`${name} from inside a call into the channel`);
    if (this.#isInHandler) this.breaches.push(`${name} from inside another call`);
    if (this.isClosed) this.breaches.push(`${name} after onClosed`);
    if (this.events.includes('reset')) this.breaches.push(`${name} after onReset`);
    if (this.#wasReset) this.breaches.push(`${name} after reset`);
    this.#isInHandler = true;
    note();
    this.#isInHandler = false;
  }
}
