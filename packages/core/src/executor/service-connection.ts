import type { Milliseconds, OrderNumber, Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import type { ConnectionKey } from '../protocol/connections/replica-io.js';
import type { ExecutorHandler } from './executor-handler.js';

/** What a connection asks and tells the executor that it belongs to. */
export interface ConnectionOwner {
  /** The last entry of which something was handed to any channel. */
  cause(): OrderNumber;
  /** The service has taken or sent something on this connection. */
  onSignOfLife(connection: ServiceConnection): void;
  /** The connection may have finished what it was given. */
  onSettled(connection: ServiceConnection): void;
  /** The connection has put out too much in a turn during which its output was not to be read. */
  onOverrun(connection: ServiceConnection): void;
  /** Nothing follows on this connection. */
  onGone(connection: ServiceConnection): void;
}

/** What a turn may put out after its output was to be read no further. */
export const overrunBytesMax = 16 * 1024 * 1024;

/** One virtual connection at the service: its channel, and what its gate needs to know. */
export class ServiceConnection implements ServiceChannelHandler {
  readonly key: ConnectionKey;
  /** Whether its turns are waited for. */
  readonly gated: boolean;
  readonly #handler: ExecutorHandler;
  readonly #owner: ConnectionOwner;
  #channel: ServiceChannel | undefined;
  #opened = false;
  /** Closed or broken: the service has no more to do with it. */
  #over = false;
  /** Its output is not to be read, */
  #pauseWanted = false;
  /** and is not. */
  #paused = false;
  /** Bytes put out in the present turn since it was not to be read. */
  #overrunBytes = 0;
  /** Output is dropped, and nobody is told anything. */
  #silent = false;
  /** Its gate has timed out, so it is not waited for until it has caught up. */
  #excused = false;
  /** When it was last given something or showed a sign of life. */
  quietSince: Milliseconds = 0;

  constructor(key: ConnectionKey, gated: boolean, handler: ExecutorHandler, owner: ConnectionOwner) {
    this.key = key;
    this.gated = gated;
    this.#handler = handler;
    this.#owner = owner;
  }

  /** Whether another connection's turn has to wait for this one. */
  get isAwaited(): boolean {
    return this.gated && !this.#excused && this.#isWorking();
  }

  /** A connection that is not open yet counts as work: the service has not seen it. */
  #isWorking(): boolean {
    return !this.#over && (!this.#opened || this.#channel?.busy === true);
  }

  open(channel: ServiceChannel): void {
    this.#channel = channel;
    channel.bind(this);
  }

  /** Gives up on a connection that no channel can be had for. */
  refuse(reason: Error): void {
    this.#over = true;
    this.#handler.onOutputReset(this.key, reason, this.#owner.cause());
  }

  send(segment: Segment): void {
    if (!this.#over) this.#channel?.send(segment);
    this.#regulate();
  }

  end(): void {
    if (!this.#over) this.#channel?.end();
    this.#regulate();
  }

  /** Its turns are not waited for until it has caught up. */
  excuse(): void {
    this.#excused = true;
    this.#regulate();
  }

  /**
   * Reads no further, but not before the turn is over: how far a service comes that cannot write is a matter of timing, and
   * so would be the order in which it takes what other connections are given.
   */
  pause(): void {
    if (this.#silent) return;
    this.#pauseWanted = true;
    this.#regulate();
  }

  resume(now: Milliseconds): void {
    if (this.#paused) this.quietSince = now;
    this.#pauseWanted = false;
    this.#regulate();
  }

  /** Drops all output from here on, and reads it so that it does not hold up the service. */
  silence(now: Milliseconds): void {
    this.#silent = true;
    this.resume(now);
  }

  /** Breaks the connection and says no more about it. */
  reset(): void {
    this.#silent = true;
    if (!this.#over) this.#channel?.reset();
    this.#over = true;
  }

  /**
   * Lets the connection run out by itself: input that the service has not read yet still reaches it.
   *
   * @returns whether there is anything left to run out
   */
  release(now: Milliseconds): boolean {
    this.silence(now);
    this.end();
    return !this.#over;
  }

  onOpen(): void {
    this.#opened = true;
    this.#settle();
  }

  onIdle(): void {
    this.#settle();
  }

  onSegment(segment: Segment): void {
    this.#owner.onSignOfLife(this);
    if (!this.#silent) this.#handler.onOutput(this.key, segment, this.#owner.cause());
    if (!this.#pauseWanted || !this.isAwaited) return;
    this.#overrunBytes += segment.payload.length;
    if (this.#overrunBytes > overrunBytesMax) this.#owner.onOverrun(this);
  }

  onTaken(units: number): void {
    this.#owner.onSignOfLife(this);
    if (!this.#silent) this.#handler.onInputTaken(this.key, units);
  }

  onEnd(): void {
    this.#owner.onSignOfLife(this);
    if (!this.#silent) this.#handler.onOutputEnd(this.key, this.#owner.cause());
  }

  onReset(reason: Error): void {
    this.#over = true;
    if (!this.#silent) this.#handler.onOutputReset(this.key, reason, this.#owner.cause());
    this.#settle();
  }

  onClosed(): void {
    this.#over = true;
    this.#owner.onGone(this);
    this.#settle();
  }

  #settle(): void {
    if (!this.#isWorking()) {
      this.#excused = false;
      this.#overrunBytes = 0;
    }
    this.#regulate();
    this.#owner.onSettled(this);
  }

  #regulate(): void {
    const paused = this.#pauseWanted && !this.isAwaited;
    if (this.#over || paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#channel?.pause();
    else this.#channel?.resume();
  }
}
