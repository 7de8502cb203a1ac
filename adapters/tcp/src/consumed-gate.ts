import { callbackTime } from '@lockstep/sockets';
import type { SocketQueues } from './socket-tables.js';

/** After an answer to more than that, so long a silence is waited for before a look. */
const silenceAfterAnswerMs = 1;

/** What a gate knows about the service. */
export interface GateTerms {
  /** How long the service must stay quiet, in milliseconds. */
  readonly quietMs: number;
  /** Up to this many bytes a service reads its turn in one go, so that an answer proves that it has read all of it. */
  readonly readBytes: number;
}

/** What a gate asks and tells the channel that it belongs to. */
export interface GateOwner {
  /** Looks into the socket queues now. Undefined where the system does not show them. */
  look(): Promise<SocketQueues | undefined>;
  /** The service has finished the turn. Never called from inside a call into the gate. */
  onIdle(): void;
}

/**
 * The gate `consumed`: decides when a service that we know nothing about has finished what it was sent.
 *
 * It is finished when, after the kernel has taken the last byte, the service has answered; or when it has stayed quiet
 * for a while and its receive queue is empty. Looking into the queue costs milliseconds on a machine with large socket
 * tables. So it is done only where the service stays quiet, or where an answer proves little because much was sent, and
 * even then only once somebody has asked whether the service is busy. Before that the gate costs next to nothing: beneath a
 * dialect hardly anybody asks.
 */
export class ConsumedGate {
  readonly #terms: GateTerms;
  readonly #owner: GateOwner;
  #busy = false;
  #isAsked = false;
  #turnBytes = 0;
  #taken = false;
  #answered = false;
  /** When the kernel took the last byte or the service said the last one, on the monotonic clock. */
  #quietSince = 0;
  /** Counts what was sent and answered, so that what was found before the last of it proves nothing. */
  #events = 0;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  /** Bytes without acknowledgement at the last look of this turn. */
  #lastUnacknowledged: number | undefined;

  constructor(terms: GateTerms, owner: GateOwner) {
    this.#terms = terms;
    this.#owner = owner;
  }

  /** Whether the service may still be at work. Who is told that it is will be told when it is not. */
  get busy(): boolean {
    if (this.#busy && !this.#isAsked) {
      this.#isAsked = true;
      if (this.#answerProves) this.#settleSoon();
      else this.#proveWhenQuiet();
    }
    return this.#busy;
  }

  /** More was sent: the turn goes on. An end of the stream is zero bytes. */
  sent(bytes: number): void {
    this.#busy = true;
    this.#turnBytes += bytes;
    this.#taken = false;
    this.#answered = false;
    this.#events += 1;
    this.#lastUnacknowledged = undefined;
    this.#stopWaiting();
  }

  /** The kernel has taken everything that was sent. */
  taken(): void {
    if (!this.#busy) return;
    this.#taken = true;
    this.#startSilence();
  }

  /** The service has sent something, or has ended its stream. */
  answered(): void {
    if (!this.#busy || !this.#taken) return;
    this.#events += 1;
    this.#answered = true;
    if (!this.#answerProves) this.#startSilence();
    else if (this.#isAsked) this.#settleSoon();
  }

  /** The connection is closed or broken. Nothing is told any more. */
  close(): void {
    this.#busy = false;
    this.#events += 1;
    this.#stopWaiting();
  }

  get #answerProves(): boolean {
    return this.#answered && this.#turnBytes <= this.#terms.readBytes;
  }

  /** The rest of the answer may arrive in the same turn of the event loop. */
  #settleSoon(): void {
    this.#immediate ??= setImmediate(this.#settle);
  }

  #startSilence(): void {
    this.#quietSince = callbackTime();
    if (this.#isAsked) this.#proveWhenQuiet();
  }

  #proveWhenQuiet(): void {
    if (!this.#taken) return;
    clearTimeout(this.#timer);
    const silenceMs = this.#answered ? silenceAfterAnswerMs : this.#terms.quietMs;
    const restMs = this.#quietSince + silenceMs - callbackTime();
    // Even if it has been quiet for long: a process that stood still has its timers due before it has read its sockets.
    this.#timer = setTimeout(this.#onQuiet, Math.max(0, restMs));
  }

  readonly #onQuiet = (): void => {
    const events = this.#events;
    setImmediate(() => {
      if (this.#busy && events === this.#events) this.#look();
    });
  };

  #look(): void {
    const events = this.#events;
    const conclude = (queues: SocketQueues | undefined, isKnown: boolean): void => {
      if (!this.#busy || events !== this.#events) return;
      if (isKnown && this.#provesFinished(queues)) {
        this.#settle();
        return;
      }
      this.#answered = false;
      this.#startSilence();
    };
    this.#owner.look().then(
      (queues) => conclude(queues, true),
      // The tables cannot be read for the moment (no descriptor is free): nothing is proved, so it looks again.
      () => conclude(undefined, false),
    );
  }

  #provesFinished(queues: SocketQueues | undefined): boolean {
    if (queues === undefined) return true;
    // The kernel may keep its acknowledgement back for 40 ms. What is neither waiting at the service nor moving has been
    // read already.
    const isRead = queues.unacknowledged === 0 || queues.unacknowledged === this.#lastUnacknowledged;
    this.#lastUnacknowledged = queues.unacknowledged;
    return queues.unread === 0 && isRead;
  }

  readonly #settle = (): void => {
    this.#busy = false;
    this.#isAsked = false;
    this.#turnBytes = 0;
    this.#stopWaiting();
    this.#owner.onIdle();
  };

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#immediate === undefined) return;
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }
}
