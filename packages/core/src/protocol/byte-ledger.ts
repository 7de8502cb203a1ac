import { Fifo } from './fifo.js';

/**
 * Knows how many bytes belong to the units of a stream that have not been passed yet: others report progress in units,
 * memory is bounded in bytes. An entry is freed as a whole, when its last unit is passed.
 */
export class ByteLedger {
  readonly #entries = new Fifo<{ readonly end: number; readonly bytes: number }>();
  #units = 0;
  #bytes = 0;

  /** All units ever added. */
  get units(): number {
    return this.#units;
  }

  /** The bytes that have not been passed. */
  get bytes(): number {
    return this.#bytes;
  }

  add(units: number, bytes: number): void {
    this.#units += units;
    this.#bytes += bytes;
    this.#entries.push({ end: this.#units, bytes });
  }

  /**
   * The first `units` units are passed; says nothing new if more were before.
   *
   * @returns the bytes that this has freed
   */
  pass(units: number): number {
    let freed = 0;
    for (let entry = this.#entries.first; entry !== undefined && entry.end <= units; entry = this.#entries.first) {
      freed += entry.bytes;
      this.#entries.shift();
    }
    this.#bytes -= freed;
    return freed;
  }
}
