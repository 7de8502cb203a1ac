import type { Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { isHandshake } from './units.js';

/** Makes the two kinds of channels that a first unit may ask for. */
export interface ChannelChoice {
  createWebSocket(): ServiceChannel;
  createHttp(): ServiceChannel;
}

/**
 * A channel that is a WebSocket or an HTTP connection: what the client sends first decides. It counts as open until then,
 * because there is nothing to wait for.
 */
export class FirstUnitChannel implements ServiceChannel {
  readonly #choice: ChannelChoice;
  #handler: ServiceChannelHandler | undefined;
  #chosen: ServiceChannel | undefined;
  #isPaused = false;
  #wasReset = false;

  constructor(choice: ChannelChoice) {
    this.#choice = choice;
  }

  get busy(): boolean {
    return this.#chosen?.busy ?? false;
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
    process.nextTick(() => {
      if (!this.#wasReset) handler.onOpen();
    });
  }

  send(segment: Segment): void {
    if (this.#wasReset) return;
    this.#chosen ??= this.#choose(isHandshake(segment));
    this.#chosen.send(segment);
  }

  end(): void {
    if (this.#wasReset) return;
    this.#chosen ??= this.#choose(false);
    this.#chosen.end();
  }

  reset(): void {
    if (this.#wasReset) return;
    this.#wasReset = true;
    if (this.#chosen !== undefined) this.#chosen.reset();
    else process.nextTick(() => this.#handler?.onClosed());
  }

  pause(): void {
    this.#isPaused = true;
    this.#chosen?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#chosen?.resume();
  }

  #choose(isWebSocket: boolean): ServiceChannel {
    const handler = this.#handler;
    if (handler === undefined) throw new Error('bind comes first');
    const channel = isWebSocket ? this.#choice.createWebSocket() : this.#choice.createHttp();
    channel.bind({
      onOpen: () => undefined,
      onIdle: () => handler.onIdle(),
      onSegment: (segment) => handler.onSegment(segment),
      onTaken: (units) => handler.onTaken(units),
      onEnd: () => handler.onEnd(),
      onReset: (reason, fault) => handler.onReset(reason, fault),
      onClosed: () => handler.onClosed(),
    });
    if (this.#isPaused) channel.pause();
    return channel;
  }
}
