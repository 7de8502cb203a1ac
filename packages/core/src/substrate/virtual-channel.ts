import type {
  DialectSession,
  RequestBoundary,
  Segment,
  ServiceChannel,
  ServiceChannelHandler,
} from '@lockstep/contracts';
import { LockstepError } from '@lockstep/contracts';
import { Fifo } from '../protocol/fifo.js';
import { HeldBytes } from './held-bytes.js';
import { inputRefusedError } from './input-refused-error.js';
import { substrateLimits } from './limits.js';
import type { SharedConnection, Sharer } from './shared-connection.js';

/**
 * A virtual connection on a shared one. Its requests go out as soon as they are whole; a partial one waits here, and is
 * dropped if the client ends before it is whole. Ending or breaking it never touches the shared connection.
 */
export class VirtualChannel implements ServiceChannel, Sharer {
  /** The byte order of the shared connection is the order of all requests, so nobody waits for anybody. */
  readonly busy = false;
  readonly #connection: SharedConnection;
  readonly #session: DialectSession;
  readonly #partial = new HeldBytes();
  /** Replies that came while paused. */
  readonly #kept = new Fifo<Uint8Array>();
  #keptBytes = 0;
  #handler: ServiceChannelHandler | undefined;
  /** Units given to `send`, forwarded, taken by the kernel, and told to be taken. */
  #givenUnits = 0;
  #forwardedUnits = 0;
  #takenUnits = 0;
  #toldUnits = 0;
  #outstanding = 0;
  /** No more requests follow: the client has ended, or has asked the service to close. */
  #isEnding = false;
  /** What the service would answer before it closes. */
  #lastAnswer: Uint8Array | undefined;
  #isOver = false;
  #paused = false;
  #isTickDue = false;

  constructor(connection: SharedConnection, session: DialectSession) {
    this.#connection = connection;
    this.#session = session;
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
    this.#connection.join(this);
    if (this.#connection.isOpen) process.nextTick(() => this.onOpen());
  }

  send({ payload, length }: Segment): void {
    if (this.#isEnding || this.#isOver) return;
    const read = this.#session.readRequests(payload);
    if ('refusal' in read) {
      this.#break(inputRefusedError(read.refusal), 'local');
      return;
    }
    this.#givenUnits += length;
    this.#forward(payload, read);
    // Told even if nothing was forwarded: whoever sends waits for what was not taken, and a request may be large.
    if (this.#takenUnits === this.#forwardedUnits) this.#tickSoon();
  }

  end(): void {
    if (this.#isEnding || this.#isOver) return;
    this.#isEnding = true;
    this.#partial.take();
    this.#tickSoon();
  }

  reset(): void {
    if (this.#isOver) return;
    this.#leave();
    process.nextTick(() => this.#handler?.onClosed());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#tickSoon();
  }

  onOpen(): void {
    if (!this.#isOver) this.#handler?.onOpen();
  }

  onReplies(payload: Uint8Array, completed: number): void {
    this.#outstanding -= completed;
    this.#deliver(payload);
    this.#finishIfDone();
  }

  onForwardTaken(units: number): void {
    this.#takenUnits = units;
    this.#tellTaken();
    this.#finishIfDone();
  }

  onLost(reason: Error, fault: 'peer' | 'local'): void {
    this.#break(reason, fault);
  }

  /**
   * Forwards the requests that end in the chunk, with what was held of the first, and holds what is left. Of a request that
   * would close the connection, and what follows it, nothing is forwarded.
   */
  #forward(payload: Uint8Array, boundaries: readonly RequestBoundary[]): void {
    let end = 0;
    let replies = 0;
    for (const boundary of boundaries) {
      if (boundary.closing !== undefined) {
        this.#lastAnswer = boundary.closing;
        this.#isEnding = true;
        break;
      }
      end = boundary.end;
      replies += boundary.replies;
    }
    if (end > 0) this.#forwardWhole(payload.subarray(0, end), replies);
    if (this.#isEnding) {
      this.#partial.take();
    } else if (end < payload.length) {
      this.#partial.append(payload.subarray(end));
      if (this.#partial.length > substrateLimits.heldRequestBytesMax) this.#break(requestTooLong(), 'local');
    }
  }

  #forwardWhole(payload: Uint8Array, replies: number): void {
    let requests = payload;
    if (this.#partial.length > 0) {
      this.#partial.append(requests);
      requests = this.#partial.take();
    }
    this.#outstanding += replies;
    this.#forwardedUnits += requests.length;
    this.#connection.forward(this, requests, replies, this.#forwardedUnits);
  }

  #deliver(payload: Uint8Array): void {
    if (!this.#paused && this.#kept.length === 0) {
      this.#handler?.onSegment({ length: payload.length, payload });
      return;
    }
    this.#kept.push(payload);
    this.#keptBytes += payload.length;
    if (this.#keptBytes > substrateLimits.keptReplyBytesMax) this.#break(readTooSlowly(), 'peer');
  }

  #tickSoon(): void {
    if (this.#isTickDue) return;
    this.#isTickDue = true;
    process.nextTick(this.#tick);
  }

  /** Does what must not be done from inside a call. */
  readonly #tick = (): void => {
    this.#isTickDue = false;
    this.#tellTaken();
    while (!this.#paused && !this.#isOver) {
      const payload = this.#kept.shift();
      if (payload === undefined) break;
      this.#keptBytes -= payload.length;
      this.#handler?.onSegment({ length: payload.length, payload });
    }
    this.#finishIfDone();
  };

  /** What is held or dropped here counts as taken once everything before it is. */
  #tellTaken(): void {
    const units = this.#takenUnits === this.#forwardedUnits ? this.#givenUnits : this.#takenUnits;
    if (this.#isOver || units <= this.#toldUnits) return;
    this.#toldUnits = units;
    this.#handler?.onTaken(units);
  }

  /** Ends as the service would end a connection of its own: when everything is answered. */
  #finishIfDone(): void {
    const isAnswered = this.#outstanding === 0 && this.#takenUnits === this.#forwardedUnits;
    if (!this.#isEnding || !isAnswered || this.#paused || this.#isOver || this.#kept.length > 0) return;
    const lastAnswer = this.#lastAnswer;
    if (lastAnswer !== undefined && lastAnswer.length > 0) {
      this.#lastAnswer = undefined;
      this.#handler?.onSegment({ length: lastAnswer.length, payload: lastAnswer });
      this.#tickSoon();
      return;
    }
    this.#leave();
    this.#handler?.onEnd();
    this.#handler?.onClosed();
  }

  #leave(): void {
    this.#isOver = true;
    this.#kept.clear();
    this.#partial.take();
    this.#connection.leave(this);
  }

  /** Told later, as this may happen inside a call. */
  #break(reason: Error, fault: 'peer' | 'local'): void {
    if (this.#isOver) return;
    this.#leave();
    process.nextTick(() => {
      this.#handler?.onReset(reason, fault);
      this.#handler?.onClosed();
    });
  }
}

function requestTooLong(): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_INPUT_REFUSED',
    `A request is longer than the ${substrateLimits.heldRequestBytesMax} bytes that a shared connection waits for: ` +
      'use dedicated connections.',
  );
}

function readTooSlowly(): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_INPUT_REFUSED',
    `A client did not read its replies, and more than ${substrateLimits.keptReplyBytesMax} bytes of them gathered on a ` +
      'shared connection: let it read faster, ask for less at once, or use dedicated connections.',
  );
}
