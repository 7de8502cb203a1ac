import type { Milliseconds, ServiceChannel, ServiceFace } from '@lockstep/contracts';
import type { Random } from '../base/random.js';
import type { Appointment, Scheduler } from '../base/scheduler.js';
import { ModelChannel } from './model-channel.js';
import { ModelMachine, type ModelOutput } from './model-machine.js';

/** What the service is told to watch, and whom it wakes. */
export interface ModelServiceOwner {
  /** There is something to read from a channel. */
  wake(): void;
  /**
   * A connection was opened, given something, ended or broken.
   *
   * @param what the bytes, or what was done
   * @param waitingFor others that were given something before, which the service has not processed
   */
  onFed(channel: ModelChannel, what: Uint8Array | 'open' | 'end' | 'reset', waitingFor: readonly ModelChannel[]): void;
}

/** How slow the service is, and how its output comes. */
export interface ModelServicePace {
  readonly thinkMs: readonly [Milliseconds, Milliseconds];
  readonly outputMs: readonly [Milliseconds, Milliseconds];
  /** Output is cut into chunks of at most this many bytes. */
  readonly chunkBytesMax: number;
}

/**
 * One run of the model service: a single thread that takes whatever socket has something to read, in no particular order,
 * as a service around `epoll` does. What it answers comes in chunks of any size, after delays.
 */
export class ModelService implements ServiceFace {
  readonly machine = new ModelMachine();
  pace: ModelServicePace;
  readonly #owner: ModelServiceOwner;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  #channels: ModelChannel[] = [];
  readonly #lastArrivals = new WeakMap<ModelChannel, Milliseconds>();
  #step: Appointment | undefined;
  #isDead = false;
  #opened = 0;

  constructor(owner: ModelServiceOwner, scheduler: Scheduler, random: Random, pace: ModelServicePace) {
    this.#owner = owner;
    this.#scheduler = scheduler;
    this.#random = random;
    this.pace = pace;
  }

  connect(): ServiceChannel {
    const channel = new ModelChannel(String(++this.#opened), this);
    this.#channels.push(channel);
    this.#owner.onFed(channel, 'open', []);
    this.machine.open(channel.name);
    this.#later(channel, () => channel.arrive({ kind: 'open' }));
    return channel;
  }

  probe(): Promise<void> {
    return Promise.resolve();
  }

  /** Channels with something for the interceptor to read. */
  readable(): ModelChannel[] {
    if (this.#isDead) return [];
    this.#channels = this.#channels.filter((channel) => !channel.isClosed);
    return this.#channels.filter((channel) => channel.isReadable);
  }

  get isIdle(): boolean {
    return this.#channels.every((channel) => !channel.busy && !channel.isReadable);
  }

  /** Ends at once; nothing is heard of it any more. */
  die(): void {
    this.#isDead = true;
    if (this.#step !== undefined) this.#step.cancelled = true;
  }

  sent(channel: ModelChannel, what: Uint8Array | 'end'): void {
    const waitingFor = this.#channels.filter((other) => other !== channel && !other.isProcessed && !other.isPaused);
    this.#owner.onFed(channel, what, waitingFor);
    this.#arm();
  }

  broken(channel: ModelChannel): void {
    this.#owner.onFed(channel, 'reset', []);
    this.#scheduler.after(this.#delay(this.pace.thinkMs), () => this.machine.reset(channel.name));
  }

  wake(): void {
    if (!this.#isDead) this.#owner.wake();
  }

  #arm(): void {
    if (this.#step !== undefined || this.#isDead) return;
    this.#step = this.#scheduler.after(this.#delay(this.pace.thinkMs), () => {
      this.#step = undefined;
      this.#readOne();
      if (this.#channels.some((channel) => channel.unread.length > 0)) this.#arm();
    });
  }

  /** Reads from any socket: all that is there, or a part. */
  #readOne(): void {
    const ready = this.#channels.filter((channel) => channel.unread.length > 0);
    if (ready.length === 0) return;
    const channel = this.#random.pick(ready);
    const next = channel.unread[0]!;
    if (next === 'end') {
      channel.unread.shift();
      this.#put(channel, this.machine.end(channel.name));
      this.#closeIfOver(channel);
      return this.wake();
    }
    const count = this.#random.chance(0.3) ? this.#random.integer(1, next.byteLength) : next.byteLength;
    if (count === next.byteLength) channel.unread.shift();
    else channel.unread[0] = next.subarray(count);
    this.#put(channel, this.machine.data(channel.name, next.subarray(0, count)));
    channel.took(count);
  }

  #put(cause: ModelChannel, outputs: readonly ModelOutput[]): void {
    for (const output of outputs) {
      const channel =
        output.connection === cause.name ? cause : this.#channels.find(({ name }) => name === output.connection);
      if (channel === undefined) continue;
      if (output.kind === 'data') {
        for (const bytes of this.#cut(output.bytes)) this.#send(channel, { kind: 'data', bytes });
      } else {
        this.#send(channel, { kind: output.kind });
        if (output.kind === 'reset') this.#later(channel, () => channel.arrive({ kind: 'closed' }));
      }
    }
  }

  #send(channel: ModelChannel, event: { kind: 'data'; bytes: Uint8Array } | { kind: 'end' | 'reset' }): void {
    channel.expect();
    this.#later(channel, () => channel.arrive(event));
  }

  #closeIfOver(channel: ModelChannel): void {
    this.#later(channel, () => channel.arrive({ kind: 'closed' }));
  }

  /** On one connection, what was arranged first happens first. */
  #later(channel: ModelChannel, run: () => void): void {
    const at = Math.max(this.#lastArrivals.get(channel) ?? 0, this.#scheduler.now + this.#delay(this.pace.outputMs));
    this.#lastArrivals.set(channel, at);
    this.#scheduler.at(at, () => {
      if (!this.#isDead) run();
    });
  }

  #cut(bytes: Uint8Array): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    for (let offset = 0; offset < bytes.byteLength;) {
      const end = offset + this.#random.integer(1, this.pace.chunkBytesMax);
      chunks.push(bytes.subarray(offset, Math.min(end, bytes.byteLength)));
      offset = end;
    }
    return chunks;
  }

  #delay([low, high]: readonly [Milliseconds, Milliseconds]): Milliseconds {
    return this.#random.delayMs(low, high);
  }
}
