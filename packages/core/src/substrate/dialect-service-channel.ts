import type { DialectSession, Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { inputRefusedError } from './input-refused-error.js';

/**
 * A connection to the service with the gate `reply`: busy while complete requests are not answered, and from its end
 * until the service ends it too. Bytes pass through unchanged.
 */
export class DialectServiceChannel implements ServiceChannel, ServiceChannelHandler {
  readonly #channel: ServiceChannel;
  readonly #session: DialectSession;
  #handler: ServiceChannelHandler | undefined;
  /** The last complete request has no reply: the channel's own gate says when it is done. */
  #endsOneWay = false;
  /** The end was sent, and the service has not ended its side. */
  #isEnding = false;
  #serviceEnded = false;
  #isOver = false;
  /** `onIdle` is to be called when `busy` has become false. */
  #isWaiting = false;

  constructor(channel: ServiceChannel, session: DialectSession) {
    this.#channel = channel;
    this.#session = session;
  }

  get busy(): boolean {
    if (this.#isOver) return false;
    return this.#session.outstanding > 0 || this.#isEnding || (this.#endsOneWay && this.#channel.busy);
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
    this.#channel.bind(this);
  }

  send(segment: Segment): void {
    if (this.#isOver) return;
    const read = this.#session.readRequests(segment.payload);
    if ('refusal' in read) {
      this.#break(inputRefusedError(read.refusal));
      return;
    }
    const last = read.at(-1);
    if (last !== undefined) this.#endsOneWay = last.replies === 0;
    this.#channel.send(segment);
    this.#isWaiting = this.busy;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isEnding = !this.#serviceEnded;
    this.#channel.end();
    this.#isWaiting = this.busy;
  }

  reset(): void {
    this.#isOver = true;
    this.#channel.reset();
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }

  onOpen(): void {
    if (!this.#isOver) this.#handler?.onOpen();
  }

  onIdle(): void {
    this.#tellIfIdle();
  }

  onSegment(segment: Segment): void {
    if (this.#isOver) return;
    this.#session.readReplies(segment.payload);
    this.#handler?.onSegment(segment);
    this.#tellIfIdle();
  }

  onTaken(units: number): void {
    if (!this.#isOver) this.#handler?.onTaken(units);
  }

  onEnd(): void {
    if (this.#isOver) return;
    this.#serviceEnded = true;
    this.#isEnding = false;
    this.#handler?.onEnd();
    this.#tellIfIdle();
  }

  onReset(reason: Error, fault: 'peer' | 'local'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler?.onReset(reason, fault);
  }

  onClosed(): void {
    this.#isOver = true;
    this.#handler?.onClosed();
  }

  #tellIfIdle(): void {
    if (!this.#isWaiting || this.#isOver || this.busy) return;
    this.#isWaiting = false;
    this.#handler?.onIdle();
  }

  #break(reason: Error): void {
    this.#isOver = true;
    // Before the channel's own `onClosed`, and not from inside this call.
    process.nextTick(() => this.#handler?.onReset(reason, 'local'));
    this.#channel.reset();
  }
}
