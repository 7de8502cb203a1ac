import type { Channel, ChannelHandler, Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { ContractWatch } from '../contract-watch.js';

/** Turns of the event loop after which `onIdle` must have followed the `busy` that became false. */
const idleTurnsMax = 5;

/** Passes on all calls to a channel and from it, and notes every breach of the contract on the way. */
export class WatchedChannel implements Channel {
  readonly #channel: Channel;
  protected readonly watch: ContractWatch;

  /** @param report is given each breach, in words */
  constructor(channel: Channel, report: (breach: string) => void) {
    this.#channel = channel;
    this.watch = new ContractWatch(report);
  }

  get isClosed(): boolean {
    return this.watch.isClosed;
  }

  bind(handler: ChannelHandler): void {
    const { watch } = this;
    watch.call(() => this.#channel.bind(watchedHandler(watch, handler)));
  }

  send({ length, payload }: Segment): void {
    // A copy of its own, so that it is clear who wrote into it.
    const segment = { length, payload: Uint8Array.from(payload) };
    this.watch.noteSend(segment);
    this.watch.call(() => this.#channel.send(segment));
  }

  end(): void {
    this.watch.call(() => this.#channel.end());
  }

  reset(): void {
    this.watch.noteReset();
    this.watch.call(() => this.#channel.reset());
  }

  pause(): void {
    this.watch.notePause(true);
    this.watch.call(() => this.#channel.pause());
  }

  resume(): void {
    this.watch.notePause(false);
    this.watch.call(() => this.#channel.resume());
  }
}

/** The same for a channel to the service, where in addition `onIdle` is promised to whoever has read `busy` as true. */
export class WatchedServiceChannel extends WatchedChannel implements ServiceChannel {
  readonly #serviceChannel: ServiceChannel;
  readonly #report: (breach: string) => void;
  #isIdlePromised = false;
  #isChecking = false;

  constructor(channel: ServiceChannel, report: (breach: string) => void) {
    super(channel, report);
    this.#serviceChannel = channel;
    this.#report = report;
  }

  get busy(): boolean {
    const { busy } = this.#serviceChannel;
    if (busy) this.#isIdlePromised = true;
    else if (this.#isIdlePromised && !this.#isChecking) this.#checkIdle(idleTurnsMax);
    if (busy && this.watch.isClosed) this.#report('busy after onClosed');
    return busy;
  }

  override bind(handler: ServiceChannelHandler): void {
    const { watch } = this;
    const watched = {
      ...watchedHandler(watch, handler),
      onOpen: () => watch.onOpen(() => handler.onOpen()),
      onIdle: () => {
        this.#isIdlePromised = false;
        watch.onIdle(() => handler.onIdle());
      },
    };
    watch.call(() => this.#serviceChannel.bind(watched));
  }

  override send(segment: Segment): void {
    super.send(segment);
    // Whoever sends and is not busy after that has nothing to wait for.
    if (this.#isIdlePromised && !this.#serviceChannel.busy) this.#isIdlePromised = false;
  }

  #checkIdle(turnsLeft: number): void {
    this.#isChecking = turnsLeft > 0;
    if (!this.#isIdlePromised || this.watch.isOver || this.#serviceChannel.busy) this.#isChecking = false;
    else if (turnsLeft > 0) setImmediate(() => this.#checkIdle(turnsLeft - 1));
    else {
      this.#isIdlePromised = false;
      this.#report('busy was read as true and became false, and no onIdle followed');
    }
  }
}

function watchedHandler(watch: ContractWatch, handler: ChannelHandler): ChannelHandler {
  return {
    onSegment: (segment) => watch.onSegment(segment, () => handler.onSegment(segment)),
    onEnd: () => watch.onEnd(() => handler.onEnd()),
    onReset: (reason, fault) => watch.onReset(reason, () => handler.onReset(reason, fault)),
    onTaken: (units) => watch.onTaken(units, () => handler.onTaken(units)),
    onClosed: () => watch.onClosed(() => handler.onClosed()),
  };
}
