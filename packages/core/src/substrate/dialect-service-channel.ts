import type {
  DialectSession,
  RequestBoundary,
  Segment,
  ServiceChannel,
  ServiceChannelHandler,
} from '@lockstep/contracts';
import { inputRefusedError } from './input-refused-error.js';

/**
 * A connection to the service with the gate `reply`: busy while complete requests are not answered, and from its end
 * until the service ends it too. Where replies do not tell, because a turn ends in a one-way request or the service may
 * keep one back for long, the gate of the channel beneath does. Bytes pass through unchanged.
 */
export class DialectServiceChannel implements ServiceChannel, ServiceChannelHandler {
  readonly #channel: ServiceChannel;
  readonly #session: DialectSession;
  #handler: ServiceChannelHandler | undefined;
  /** The last complete request has no reply: the channel's own gate says when it is done. */
  #endsOneWay = false;
  /** How many replies are to come after that to the last blocking request; undefined before there is one. */
  #repliesAfterBlocking: number | undefined;
  /** The end was sent, and the service has not ended its side. */
  #isEnding = false;
  #serviceEnded = false;
  #isOver = false;
  /** Somebody has read that it is busy, and is to be told when it is not, even if that was read meanwhile. */
  #isIdlePromised = false;

  constructor(channel: ServiceChannel, session: DialectSession) {
    this.#channel = channel;
    this.#session = session;
  }

  get busy(): boolean {
    const isBusy = !this.#isOver && (this.#isEnding || this.#isWorking);
    if (isBusy) this.#isIdlePromised = true;
    return isBusy;
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
    this.#noteBlocking(read);
    this.#channel.send(segment);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isEnding = !this.#serviceEnded;
    this.#channel.end();
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

  /** The gate beneath is asked only if it must be: its proof may be costly. */
  get #isWorking(): boolean {
    const { outstanding } = this.#session;
    const isBlocked = this.#repliesAfterBlocking !== undefined && outstanding > this.#repliesAfterBlocking;
    if (outstanding > 0 && !isBlocked) return true;
    return (isBlocked || this.#endsOneWay) && this.#channel.busy;
  }

  #noteBlocking(boundaries: readonly RequestBoundary[]): void {
    for (const { blocking, replies } of boundaries) {
      if (blocking) this.#repliesAfterBlocking = 0;
      else if (this.#repliesAfterBlocking !== undefined) this.#repliesAfterBlocking += replies;
    }
  }

  #tellIfIdle(): void {
    if (!this.#isIdlePromised || this.#isOver || this.busy) return;
    this.#isIdlePromised = false;
    this.#handler?.onIdle();
  }

  #break(reason: Error): void {
    this.#isOver = true;
    // Before the channel's own `onClosed`, and not from inside this call.
    process.nextTick(() => this.#handler?.onReset(reason, 'local'));
    this.#channel.reset();
  }
}
