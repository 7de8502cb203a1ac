import type { DialectSession, Logger, Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { LockstepError } from '@lockstep/contracts';
import { atCallbackEnd } from '@lockstep/sockets';
import { joinSmallPieces } from '../link/join-pieces.js';
import { Fifo } from '../protocol/fifo.js';
import { invariant } from '../protocol/invariant.js';

/** One of those who share the connection. */
export interface Sharer {
  /** The shared connection is open. */
  onOpen(): void;
  /** The next part of the replies to this sharer's requests, and how many replies end in it. */
  onReplies(payload: Uint8Array, completed: number): void;
  /** The kernel has taken what this sharer forwarded, up to `units` in all. */
  onForwardTaken(units: number): void;
  /** The shared connection is gone. */
  onLost(reason: Error, fault: 'peer' | 'local'): void;
}

/** Replies that the next ones in the stream are, all of one sharer. */
interface ReplyRun {
  readonly sharer: Sharer;
  replies: number;
}

/** The end of what a sharer forwarded at one time. */
interface Forwarded {
  readonly sharer: Sharer;
  /** Units of the sharer. */
  readonly units: number;
  /** Units of the shared connection. */
  readonly sharedUnits: number;
}

/** The one connection to the service: takes whole requests of all, and gives each the replies to its own. */
export class SharedConnection implements ServiceChannelHandler {
  readonly #channel: ServiceChannel;
  readonly #session: DialectSession;
  readonly #onBroken: (reason: Error) => void;
  readonly #logger: Logger;
  readonly #sharers = new Set<Sharer>();
  readonly #runs = new Fifo<ReplyRun>();
  readonly #forwarded = new Fifo<Forwarded>();
  /** What was forwarded in this turn of the event loop, and goes out together when it is over. */
  #gathered: Uint8Array[] = [];
  #sentUnits = 0;
  #isOpen = false;
  #isOver = false;
  #warned = false;

  /** @param onBroken told, before the sharers are, that the other side has ended or broken the connection */
  constructor(channel: ServiceChannel, session: DialectSession, onBroken: (reason: Error) => void, logger: Logger) {
    this.#channel = channel;
    this.#session = session;
    this.#onBroken = onBroken;
    this.#logger = logger;
    channel.bind(this);
  }

  /** Whether the connection is open by now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Broken or closed, for good. */
  get isOver(): boolean {
    return this.#isOver;
  }

  join(sharer: Sharer): void {
    this.#sharers.add(sharer);
  }

  /** The sharer is told nothing any more. The replies that it has not got are dropped when they come. */
  leave(sharer: Sharer): void {
    this.#sharers.delete(sharer);
  }

  /**
   * Sends whole requests.
   *
   * @param replies how many replies they have
   * @param units how many the sharer has forwarded then, these included
   */
  forward(sharer: Sharer, payload: Uint8Array, replies: number, units: number): void {
    if (this.#isOver) return;
    const read = this.#session.readRequests(payload);
    invariant(!('refusal' in read) && read.at(-1)?.end === payload.length, 'only whole requests are forwarded');
    if (replies > 0) this.#expect(sharer, replies);
    this.#sentUnits += payload.length;
    this.#forwarded.push({ sharer, units, sharedUnits: this.#sentUnits });
    if (this.#gathered.push(payload) === 1) atCallbackEnd(this.#send);
  }

  /** Breaks the connection. */
  close(): void {
    if (this.#isOver) return;
    this.#channel.reset();
    this.#lose(lostError('it was closed here'), 'local');
  }

  onOpen(): void {
    this.#isOpen = true;
    for (const sharer of this.#sharers) sharer.onOpen();
  }

  onSegment({ payload }: Segment): void {
    const ends = this.#session.readReplies(payload);
    let start = 0;
    for (let index = 0; index < ends.length;) {
      const run = this.#runs.first;
      invariant(run !== undefined, 'a reply has somebody who asked');
      const replies = Math.min(run.replies, ends.length - index);
      index += replies;
      run.replies -= replies;
      if (run.replies === 0) this.#runs.shift();
      const end = ends[index - 1] ?? start;
      this.#pass(run.sharer, payload.subarray(start, end), replies);
      start = end;
    }
    if (start === payload.length) return;
    const next = this.#runs.first;
    if (next !== undefined) this.#pass(next.sharer, payload.subarray(start), 0);
    else this.#dropUnasked(payload.subarray(start));
  }

  onTaken(units: number): void {
    for (let first = this.#forwarded.first; first !== undefined && first.sharedUnits <= units;) {
      this.#forwarded.shift();
      const next = this.#forwarded.first;
      // Of several in a row by one sharer, only the last tells something new.
      const isLast = next === undefined || next.sharer !== first.sharer || next.sharedUnits > units;
      if (isLast && this.#sharers.has(first.sharer)) first.sharer.onForwardTaken(first.units);
      first = next;
    }
  }

  onEnd(): void {
    if (this.#isOver) return;
    this.#channel.reset();
    const reason = lostError('the service closed it');
    this.#onBroken(reason);
    this.#lose(reason, 'peer');
  }

  onReset(reason: Error, fault: 'peer' | 'local'): void {
    if (this.#isOver) return;
    this.#onBroken(reason);
    this.#lose(this.#isOpen ? lostError(reason.message, reason) : reason, fault);
  }

  onClosed(): void {
    if (!this.#isOver) this.#lose(lostError('it was closed'), 'local');
  }

  onIdle(): void {
    // Nobody waits for a shared connection, whatever gate it has.
  }

  readonly #send = (): void => {
    const payloads = joinSmallPieces(this.#gathered);
    this.#gathered = [];
    if (this.#isOver) return;
    for (const payload of payloads) this.#channel.send({ length: payload.length, payload });
  };

  #expect(sharer: Sharer, replies: number): void {
    const last = this.#runs.at(this.#runs.length - 1);
    if (last?.sharer === sharer) last.replies += replies;
    else this.#runs.push({ sharer, replies });
  }

  #pass(sharer: Sharer, payload: Uint8Array, completed: number): void {
    if (this.#sharers.has(sharer)) sharer.onReplies(payload, completed);
  }

  /** The rules of the dialect are wrong, or the service says something by itself. Once is enough to look into it. */
  #dropUnasked(payload: Uint8Array): void {
    if (this.#warned) return;
    this.#warned = true;
    const text = Buffer.from(payload.subarray(0, 80)).toString('latin1');
    this.#logger.warn({ text }, 'dropped what the service sent on the shared connection without being asked');
  }

  #lose(reason: Error, fault: 'peer' | 'local'): void {
    this.#isOver = true;
    this.#runs.clear();
    this.#forwarded.clear();
    for (const sharer of this.#sharers) sharer.onLost(reason, fault);
    this.#sharers.clear();
  }
}

function lostError(why: string, cause?: Error): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_SERVICE_UNREACHABLE',
    `The connection to the service that all clients share broke (${why}): see whether the service lives, and whether it ` +
      'closes connections that are idle.',
    { cause, retryable: true },
  );
}
