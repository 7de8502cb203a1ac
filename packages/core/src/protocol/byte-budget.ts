/**
 * Shares memory between streams. Each stream has its window; when all of them together hold more than the budget, the
 * window shrinks to a fair share, so that those who hold the most are stopped and the others go on.
 */
export class ByteBudget {
  readonly #windowBytes: number;
  readonly #totalBytesMax: number;
  readonly #shareBytesMin: number;
  #bytes = 0;
  #holders = 0;

  /**
   * @param windowBytes what one stream may hold while there is enough for all
   * @param totalBytesMax what all streams may hold before the windows shrink
   * @param shareBytesMin what one stream may hold however many there are; without it nothing could move
   */
  constructor(windowBytes: number, totalBytesMax: number, shareBytesMin: number) {
    this.#windowBytes = windowBytes;
    this.#totalBytesMax = totalBytesMax;
    this.#shareBytesMin = shareBytesMin;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get exceeded(): boolean {
    return this.#bytes > this.#totalBytesMax;
  }

  /** What one stream may hold now. */
  get windowBytes(): number {
    if (!this.exceeded) return this.#windowBytes;
    const share = Math.floor(this.#totalBytesMax / Math.max(1, this.#holders));
    return Math.min(this.#windowBytes, Math.max(this.#shareBytesMin, share));
  }

  /** What one stream holds has changed. */
  change(before: number, after: number): void {
    this.#bytes += after - before;
    if (before === 0 && after > 0) this.#holders += 1;
    if (before > 0 && after === 0) this.#holders -= 1;
  }
}
