import type { SocketQueues } from './socket-tables.js';

/** Up to this many bytes a service reads its turn in one go, so that an answer proves that it has read all of it. */
const answerProvesBytesMax = 1024;

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
 * tables, so it is done only where the service stays quiet, or where an answer proves little because much was sent.
 */
export class ConsumedGate {
  readonly #quietMs: number;
  readonly #owner: GateOwner;
  #busy = false;
  #turnBytes = 0;
  #taken = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  /** Counts the sends, so that a look that began before the last one proves nothing. */
  #sends = 0;
  /** Bytes without acknowledgement at the last look of this turn. */
  #lastUnacknowledged: number | undefined;

  /**
   * @param quietMs how long the service must stay quiet, in milliseconds
   */
  constructor(quietMs: number, owner: GateOwner) {
    this.#quietMs = quietMs;
    this.#owner = owner;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** More was sent: the turn goes on. An end of the stream is zero bytes. */
  sent(bytes: number): void {
    this.#busy = true;
    this.#turnBytes += bytes;
    this.#taken = false;
    this.#sends += 1;
    this.#lastUnacknowledged = undefined;
    this.#stopWaiting();
  }

  /** The kernel has taken everything that was sent. */
  taken(): void {
    if (!this.#busy) return;
    this.#taken = true;
    this.#waitQuietly();
  }

  /** The service has sent something, or has ended its stream. */
  answered(): void {
    if (!this.#busy || !this.#taken) return;
    this.#timer?.refresh();
    // The rest of the answer may arrive in the same turn of the event loop.
    this.#immediate ??= setImmediate(this.#onAnswerRead);
  }

  /** The connection is closed or broken. Nothing is told any more. */
  close(): void {
    this.#busy = false;
    this.#sends += 1;
    this.#stopWaiting();
  }

  readonly #onAnswerRead = (): void => {
    this.#immediate = undefined;
    if (this.#turnBytes <= answerProvesBytesMax) this.#settle();
    else this.#check();
  };

  readonly #check = (): void => {
    const sends = this.#sends;
    this.#owner.look().then(
      (queues) => {
        if (sends === this.#sends && this.#busy) this.#judge(queues);
      },
      () => {
        // The tables cannot be read for the moment (no descriptor is free). Nothing is proved, so nothing changes.
        if (sends === this.#sends && this.#busy) this.#waitQuietly();
      },
    );
  };

  #judge(queues: SocketQueues | undefined): void {
    if (queues === undefined) {
      this.#settle();
      return;
    }
    // The kernel may keep its acknowledgement back for 40 ms. What is neither waiting at the service nor moving has been
    // read already.
    const isRead = queues.unacknowledged === 0 || queues.unacknowledged === this.#lastUnacknowledged;
    if (queues.unread === 0 && isRead) {
      this.#settle();
      return;
    }
    this.#lastUnacknowledged = queues.unacknowledged;
    this.#waitQuietly();
  }

  #settle(): void {
    this.#busy = false;
    this.#turnBytes = 0;
    this.#stopWaiting();
    this.#owner.onIdle();
  }

  #waitQuietly(): void {
    this.#timer ??= setTimeout(this.#check, this.#quietMs);
    this.#timer.refresh();
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }
}
