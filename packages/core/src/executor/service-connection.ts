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
  /** Nothing follows on this connection. */
  onGone(connection: ServiceConnection): void;
}

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
  #paused = false;
  /** Output is dropped, and nobody is told anything. */
  #silent = false;
  /** Its gate has timed out, so it is not waited for until it has caught up. */
  excused = false;
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
    return this.gated && !this.#paused && !this.excused && this.#isWorking;
  }

  /** A connection that is not open yet counts as work: the service has not seen it. */
  get #isWorking(): boolean {
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
  }

  end(): void {
    if (!this.#over) this.#channel?.end();
  }

  pause(): void {
    if (this.#paused || this.#silent) return;
    this.#paused = true;
    this.#channel?.pause();
  }

  resume(now: Milliseconds): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.quietSince = now;
    this.#channel?.resume();
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
    if (!this.#isWorking) this.excused = false;
    this.#owner.onSettled(this);
  }
}
