import type { Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import type { ModelService } from './model-service.js';

/** What the channel has to tell its handler, in its order. */
export type ChannelEvent =
  | { readonly kind: 'open' }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'closed' };

/**
 * A connection to the model service, with the two kernels' buffers. Its gate tells the truth: it is busy as long as the
 * service has not processed all that was sent, or what it has put out on this connection has not been read.
 */
export class ModelChannel implements ServiceChannel {
  readonly name: string;
  /** Sent, and not yet read by the service. */
  readonly unread: (Uint8Array | 'end')[] = [];
  isBroken = false;
  /** The last call has been made. */
  isClosed = false;
  readonly #service: ModelService;
  #handler!: ServiceChannelHandler;
  /** Arrived from the service, for the interceptor to read. */
  readonly #events: ChannelEvent[] = [];
  /** Put out by the service, and not in `events` yet. */
  #underWay = 0;
  #isPaused = false;
  #wasBusy = false;
  #taken = 0;
  #takenTold = 0;
  #endSent = false;

  constructor(name: string, service: ModelService) {
    this.name = name;
    this.#service = service;
  }

  get busy(): boolean {
    return (
      this.#wasBusy && !this.isBroken && (this.unread.length > 0 || this.#underWay > 0 || this.#events.some(isOutput))
    );
  }

  /** Whether the service has read and processed everything. */
  get isProcessed(): boolean {
    return this.isBroken || this.unread.length === 0;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether a turn of the interceptor would find something here. */
  get isReadable(): boolean {
    if (this.isClosed) return false;
    if (this.#taken > this.#takenTold) return true;
    const first = this.#events[0];
    if (first === undefined) return this.#wasBusy && !this.busy;
    return !this.#isPaused || !isOutput(first) || first.kind === 'reset';
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
  }

  send(segment: Segment): void {
    if (this.isBroken || this.#endSent) return;
    this.#wasBusy = true;
    this.unread.push(segment.payload);
    this.#service.sent(this, segment.payload);
  }

  end(): void {
    if (this.isBroken || this.#endSent) return;
    this.#endSent = true;
    this.#wasBusy = true;
    this.unread.push('end');
    this.#service.sent(this, 'end');
  }

  reset(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.unread.length = 0;
    this.#events.splice(0, this.#events.length, { kind: 'closed' });
    this.#service.broken(this);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#service.wake();
  }

  /** The service has put something out, which arrives later. */
  expect(): void {
    this.#underWay++;
  }

  arrive(event: ChannelEvent): void {
    if (isOutput(event)) this.#underWay--;
    if (this.isClosed || (this.isBroken && event.kind !== 'closed')) return;
    this.#events.push(event);
    this.#service.wake();
  }

  /** The service's side has read this many bytes more. */
  took(bytes: number): void {
    this.#taken += bytes;
    this.#service.wake();
  }

  /** The interceptor reads what is there. */
  read(): void {
    if (this.#taken > this.#takenTold) {
      this.#takenTold = this.#taken;
      this.#handler.onTaken(this.#taken);
    }
    while (this.#events.length > 0 && this.isReadable) this.#tell(this.#events.shift()!);
    if (!this.#wasBusy || this.busy || this.isClosed) return;
    this.#wasBusy = false;
    this.#handler.onIdle();
  }

  #tell(event: ChannelEvent): void {
    switch (event.kind) {
      case 'open':
        return this.#handler.onOpen();
      case 'data':
        return this.#handler.onSegment({ length: event.bytes.byteLength, payload: event.bytes });
      case 'end':
        return this.#handler.onEnd();
      case 'reset':
        this.isBroken = true;
        return this.#handler.onReset(new Error('the model service broke the connection'), 'peer');
      case 'closed':
        this.isBroken = true;
        this.isClosed = true;
        return this.#handler.onClosed();
    }
  }
}

function isOutput(event: ChannelEvent): boolean {
  return event.kind === 'data' || event.kind === 'end' || event.kind === 'reset';
}
