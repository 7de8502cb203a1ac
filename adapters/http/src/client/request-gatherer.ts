import type { Segment } from '@lockstep/contracts';
import type { RequestHead } from '../message/request-head.js';
import { encodeBody, encodeEnd, encodeRequestHead } from '../units/unit-codec.js';
import { GrowingBytes } from './growing-bytes.js';

/** A body goes out in parts of at most this size: a part is sent and cached as a whole. */
const partBytesMax = 65_536;

/**
 * Makes units of requests. A request is held back until it is whole, so that a client that is slow, or sends nonsense behind
 * the head, holds up nobody. What is longer than is gathered goes out in parts, and so does a request whose client waits for
 * an answer before it sends the body.
 */
export class RequestGatherer {
  readonly #gatherBytes: number;
  readonly #onReleased: (head: RequestHead) => void;
  readonly #body = new GrowingBytes();
  #head: RequestHead | undefined;
  #released = false;

  /**
   * @param gatherBytes how much of a body is held back at most
   * @param onReleased called for each request before its first unit is given out
   */
  constructor(gatherBytes: number, onReleased: (head: RequestHead) => void) {
    this.#gatherBytes = gatherBytes;
    this.#onReleased = onReleased;
  }

  /** Whether a part of the present request is given out, and the rest is not there yet. */
  get isAmidReleased(): boolean {
    return this.#released;
  }

  /** @returns the units that may go out now */
  begin(head: RequestHead): readonly Segment[] {
    this.#head = head;
    return head.expectsContinue && head.framing.kind !== 'none' ? this.#release(head, 'in parts') : [];
  }

  /** @returns the units that may go out now */
  add(payload: Uint8Array): readonly Segment[] {
    if (this.#head === undefined) throw new Error('a body has a head before it');
    if (this.#released) return [encodeBody(payload)];
    this.#body.append(payload);
    return this.#body.length > this.#gatherBytes ? this.#release(this.#head, 'in parts') : [];
  }

  /** @returns the units that may go out now */
  finish(trailers: string): readonly Segment[] {
    const head = this.#head;
    if (head === undefined) throw new Error('the end of a message has a head before it');
    const units = this.#released ? [] : this.#release(head, 'whole');
    this.drop();
    return head.framing.kind === 'chunked' ? [...units, encodeEnd(trailers)] : units;
  }

  /** Forgets what is held back. */
  drop(): void {
    this.#head = undefined;
    this.#released = false;
    this.#body.take();
  }

  #release(head: RequestHead, how: 'whole' | 'in parts'): readonly Segment[] {
    this.#released = true;
    this.#onReleased(head);
    const units = [encodeRequestHead(head, how === 'in parts' || head.upgrade || head.asksForEvents)];
    const body = this.#body.take();
    for (let offset = 0; offset < body.length; offset += partBytesMax) {
      units.push(encodeBody(body.subarray(offset, offset + partBytesMax)));
    }
    return units;
  }
}
