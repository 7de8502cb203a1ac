import type { Segment, ServiceChannel, ServiceChannelHandler, ServiceFace } from '@lockstep/contracts';

/** A service of which a test plays every part by hand. */
export class FakeServiceFace implements ServiceFace {
  /** What the service was given, in order: `1 connect`, `1 send abc`. Connections are numbered as they are opened. */
  readonly calls: string[];
  readonly channels: FakeServiceChannel[];
  /** What all connections share is gone. */
  lose: (reason: Error) => void = () => undefined;

  /** @param sharedWith another endpoint of the same service, which numbers and records with this one */
  constructor(sharedWith?: FakeServiceFace) {
    this.calls = sharedWith?.calls ?? [];
    this.channels = sharedWith?.channels ?? [];
  }

  connect(): FakeServiceChannel {
    const channel = new FakeServiceChannel(this.channels.length + 1, this.calls);
    this.channels.push(channel);
    return channel;
  }

  probe(): Promise<void> {
    return Promise.resolve();
  }

  onLost(listener: (reason: Error) => void): void {
    this.lose = listener;
  }

  close(): void {
    this.calls.push('close');
  }

  /** The connection that was opened as the `number`th. */
  channel(number: number): FakeServiceChannel {
    const channel = this.channels[number - 1];
    if (!channel) throw new Error(`connection ${number} was never opened`);
    return channel;
  }

  /** What the service was given since this was asked last. */
  takeCalls(): string[] {
    return this.calls.splice(0);
  }
}

/** One connection of the fake service: busy from each send until the test says that it has finished. */
export class FakeServiceChannel implements ServiceChannel {
  busy = false;
  isPaused = false;
  readonly #number: number;
  readonly #calls: string[];
  #handler: ServiceChannelHandler | undefined;

  constructor(number: number, calls: string[]) {
    this.#number = number;
    this.#calls = calls;
    this.#record('connect');
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
  }

  send(segment: Segment): void {
    this.busy = true;
    this.#record(`send ${new TextDecoder().decode(segment.payload)}`);
  }

  end(): void {
    this.busy = true;
    this.#record('end');
  }

  reset(): void {
    this.#record('reset');
  }

  pause(): void {
    this.isPaused = true;
    this.#record('pause');
  }

  resume(): void {
    this.isPaused = false;
    this.#record('resume');
  }

  /** The service takes the connection. */
  accept(): void {
    this.#bound.onOpen();
  }

  /** By its gate, the service has finished what it was given. */
  finish(): void {
    this.busy = false;
    this.#bound.onIdle();
  }

  answer(text: string): void {
    this.#bound.onSegment(segmentOf(text));
  }

  take(units: number): void {
    this.#bound.onTaken(units);
  }

  endOutput(): void {
    this.#bound.onEnd();
  }

  break(reason: string): void {
    this.#bound.onReset(new Error(reason), 'peer');
    this.#bound.onClosed();
  }

  close(): void {
    this.#bound.onClosed();
  }

  get #bound(): ServiceChannelHandler {
    if (!this.#handler) throw new Error('nobody has bound the channel');
    return this.#handler;
  }

  #record(call: string): void {
    this.#calls.push(`${this.#number} ${call}`);
  }
}

/** A segment of a byte stream. */
export function segmentOf(text: string): Segment {
  const payload = new TextEncoder().encode(text);
  return { length: payload.byteLength, payload };
}
