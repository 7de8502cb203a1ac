import { createHash } from 'node:crypto';

/** Whoever asks gets the next number. What was drawn where, in which order, can be compared by a digest. */
export class TicketOffice {
  #drawn = 0;
  #digest = '';

  /** How many were drawn, and the digest of who drew them. */
  get state() {
    return `${this.#drawn} ${this.#digest}`;
  }

  draw(counter) {
    this.#drawn += 1;
    this.#digest = createHash('sha256').update(`${this.#digest} ${counter}`).digest('hex').slice(0, 16);
    return this.#drawn;
  }
}
