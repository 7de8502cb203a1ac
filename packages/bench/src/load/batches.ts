import type { Traffic } from './load-order.js';

/** Batches of requests as bytes, made beforehand. */
export class Batches {
  /** What is answered to each of them. */
  readonly answer: Buffer;
  readonly #batches: readonly Buffer[];
  #next = 0;

  /** @param depth requests in a batch */
  constructor({ requests, reply, closing }: Traffic, depth: number) {
    const count = Math.ceil(requests.length / depth);
    this.#batches = Array.from({ length: count }, (_, batch) => {
      const texts = Array.from({ length: depth }, (_, index) => requests[(batch * depth + index) % requests.length]!);
      return Buffer.from(texts.join('') + (closing?.request ?? ''), 'latin1');
    });
    this.answer = Buffer.from(reply.repeat(depth) + (closing?.reply ?? ''), 'latin1');
  }

  /** The next one, in turn. */
  next(): Buffer {
    const batch = this.#batches[this.#next]!;
    this.#next = (this.#next + 1) % this.#batches.length;
    return batch;
  }
}
