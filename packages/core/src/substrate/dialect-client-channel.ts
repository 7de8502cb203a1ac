import type { Channel, ChannelHandler, DialectSession, Refusal, Segment } from '@lockstep/contracts';
import { HeldBytes } from './held-bytes.js';
import { substrateLimits } from './limits.js';

/**
 * A client's connection, checked by a dialect.
 *
 * A request line goes up when it is complete and not refused, so the service never sees a part of one that is. When a
 * request is refused, the replies to those before it are waited for; then the client gets the dialect's answer, and both
 * directions end in good order.
 */
export class DialectClientChannel implements Channel, ChannelHandler {
  readonly #channel: Channel;
  readonly #session: DialectSession;
  readonly #onRefused: (refusal: Refusal) => void;
  readonly #held = new HeldBytes();
  #handler: ChannelHandler | undefined;
  #sentUnits = 0;
  #takenUnits = 0;
  #refusal: Refusal | undefined;
  #isAnswered = false;
  #refusedBytes = 0;
  #paused = false;
  /** Broken by either side: nothing is told any more but `onClosed`. */
  #isBroken = false;
  /** The client's end is to be told, and then perhaps the close. */
  #endIsDue = false;
  #closeIsDue = false;

  /**
   * @param onRefused called once if a request is refused
   */
  constructor(channel: Channel, session: DialectSession, onRefused: (refusal: Refusal) => void) {
    this.#channel = channel;
    this.#session = session;
    this.#onRefused = onRefused;
  }

  bind(handler: ChannelHandler): void {
    this.#handler = handler;
    this.#channel.bind(this);
  }

  send(segment: Segment): void {
    if (this.#isAnswered) return;
    this.#sentUnits += segment.length;
    this.#session.readReplies(segment.payload);
    this.#channel.send(segment);
    if (this.#refusal !== undefined && this.#session.outstanding === 0) this.#answer(this.#refusal);
  }

  end(): void {
    if (this.#refusal !== undefined && !this.#isAnswered) this.#answer(this.#refusal);
    else this.#channel.end();
  }

  reset(): void {
    this.#isBroken = true;
    this.#endIsDue = false;
    this.#channel.reset();
  }

  pause(): void {
    this.#paused = true;
    if (this.#refusal === undefined) this.#channel.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#refusal === undefined) this.#channel.resume();
    if (this.#endIsDue) process.nextTick(this.#tellWhatIsDue);
  }

  onSegment(segment: Segment): void {
    if (this.#refusal !== undefined) {
      this.#dropRefused(segment);
      return;
    }
    const { payload } = segment;
    const read = this.#session.readRequests(payload);
    if ('refusal' in read) {
      if (read.accepted > 0) this.#passUp(payload.subarray(0, read.accepted));
      this.#refuse(read.refusal);
      return;
    }
    const { undecided } = this.#session;
    if (undecided === 0 && this.#held.length === 0) {
      this.#handler?.onSegment(segment);
    } else if (undecided < this.#held.length + payload.length) {
      const decided = payload.length - undecided;
      this.#passUp(payload.subarray(0, decided), payload.subarray(decided));
    } else {
      this.#held.append(payload);
    }
  }

  onEnd(): void {
    if (this.#refusal !== undefined) return;
    this.#endIsDue = true;
    // What is left is an unterminated line. What it means at the end of the stream, only the service knows.
    if (this.#held.length > 0) this.#passUp();
    this.#tellWhatIsDue();
  }

  onReset(reason: Error, fault: 'peer' | 'local'): void {
    this.#isBroken = true;
    this.#endIsDue = false;
    this.#handler?.onReset(reason, fault);
  }

  onTaken(units: number): void {
    // The answer to a refused request comes after everything that was sent from above, and is not counted there.
    const takenUnits = Math.min(units, this.#sentUnits);
    if (takenUnits === this.#takenUnits) return;
    this.#takenUnits = takenUnits;
    this.#handler?.onTaken(takenUnits);
  }

  onClosed(): void {
    this.#closeIsDue = true;
    this.#tellWhatIsDue();
  }

  /**
   * Passes on what was held, with what follows it, in one segment: the layer above may pause or reset in between two.
   *
   * @param decided the rest of what is passed on
   * @param undecided what is held from then on
   */
  #passUp(decided?: Uint8Array, undecided?: Uint8Array): void {
    let payload = decided;
    if (this.#held.length > 0) {
      if (decided !== undefined) this.#held.append(decided);
      payload = this.#held.take();
    }
    if (undecided !== undefined && undecided.length > 0) this.#held.append(undecided);
    if (payload !== undefined && payload.length > 0) {
      this.#handler?.onSegment({ length: payload.length, payload });
    }
  }

  #refuse(refusal: Refusal): void {
    this.#refusal = refusal;
    this.#held.take();
    this.#onRefused(refusal);
    if (this.#isBroken) return;
    if (this.#session.outstanding === 0) this.#answer(refusal);
    else this.#channel.pause();
  }

  #answer({ answer }: Refusal): void {
    this.#isAnswered = true;
    this.#channel.send({ length: answer.length, payload: answer });
    this.#channel.end();
    // What the client still sends is read: a connection closed over unread bytes is reset, and the answer lost.
    this.#channel.resume();
    this.#endIsDue = true;
    process.nextTick(this.#tellWhatIsDue);
  }

  #dropRefused(segment: Segment): void {
    this.#refusedBytes += segment.payload.length;
    if (this.#refusedBytes > substrateLimits.refusedBytesMax) this.#channel.reset();
  }

  readonly #tellWhatIsDue = (): void => {
    if (this.#endIsDue) {
      if (this.#paused) return;
      this.#endIsDue = false;
      this.#handler?.onEnd();
    }
    if (!this.#closeIsDue) return;
    this.#closeIsDue = false;
    this.#handler?.onClosed();
  };
}
