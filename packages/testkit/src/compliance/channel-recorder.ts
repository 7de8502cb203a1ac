import type { Channel, Segment, ServiceChannelHandler } from '@lockstep/contracts';
import { ContractWatch } from './contract-watch.js';
import { ReceivedBytes } from './received-bytes.js';

/**
 * Binds itself to a channel that carries bytes, records what is told, and notes every breach of what the contract says of
 * calls: one at a time, never from inside a call into the channel, nothing after the last.
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
  readonly #watch = new ContractWatch((breach) => this.breaches.push(breach));
  readonly #received = new ReceivedBytes();

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#watch.call(() => channel.bind(this));
  }

  get received(): Uint8Array {
    return this.#received.bytes;
  }

  get receivedUnits(): number {
    return this.#received.length;
  }

  get isClosed(): boolean {
    return this.#watch.isClosed;
  }

  send(payload: Uint8Array): void {
    const segment = { length: payload.byteLength, payload };
    this.#watch.noteSend(segment);
    this.#watch.call(() => this.#channel.send(segment));
  }

  end(): void {
    this.#watch.call(() => this.#channel.end());
  }

  reset(): void {
    this.#watch.noteReset();
    this.#watch.call(() => this.#channel.reset());
  }

  pause(): void {
    this.#watch.notePause(true);
    this.#watch.call(() => this.#channel.pause());
  }

  resume(): void {
    this.#watch.notePause(false);
    this.#watch.call(() => this.#channel.resume());
  }

  onSegment(segment: Segment): void {
    this.#watch.onSegment(segment, () => {
      const { length, payload } = segment;
      if (length !== payload.byteLength) this.breaches.push('the length of a segment of bytes is not its bytes');
      this.#received.push(payload);
    });
  }

  onTaken(units: number): void {
    this.#watch.onTaken(units, () => (this.takenUnits = units));
  }

  onOpen(): void {
    this.#watch.onOpen(() => this.events.push('open'));
  }

  onIdle(): void {
    this.#watch.onIdle(() => this.events.push('idle'));
  }

  onEnd(): void {
    this.#watch.onEnd(() => this.events.push('end'));
  }

  onReset(reason: Error, fault: 'peer' | 'local'): void {
    this.#watch.onReset(reason, () => {
      this.resetReason = reason;
      this.resetFault = fault;
      this.events.push('reset');
    });
  }

  onClosed(): void {
    this.#watch.onClosed(() => this.events.push('closed'));
  }
}
