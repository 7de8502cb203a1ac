/** Deeper than any reply of Redis. */
export const depthMax = 1024;

/** The aggregates that are open, and how many elements of each are still to come. */
export class Nesting {
  readonly #left: number[] = [];
  readonly #isExtra: boolean[] = [];

  get depth(): number {
    return this.#left.length;
  }

  /**
   * @param elements more than 0; Infinity for one that is closed by a frame of its own
   * @param isExtra whether it is no element of what it stands in: an attribute, or a push in between
   */
  open(elements: number, isExtra: boolean): void {
    this.#left.push(elements);
    this.#isExtra.push(isExtra);
  }

  /** Notes that an element is complete. @returns whether everything is, the outermost included */
  complete(): boolean {
    for (let last = this.#left.length - 1; last >= 0; last -= 1) {
      if ((this.#left[last]! -= 1) > 0) return false;
      if (this.#pop()) return false;
    }
    return true;
  }

  /** Closes the innermost, which has no announced length. @returns whether there is such a one */
  close(): boolean {
    if (this.#left.at(-1) !== Infinity) return false;
    this.#left[this.#left.length - 1] = 1;
    return true;
  }

  /** @returns whether it was extra */
  #pop(): boolean {
    this.#left.pop();
    return this.#isExtra.pop() ?? false;
  }
}
