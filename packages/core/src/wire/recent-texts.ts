/** Longer texts are not remembered. */
const bytesMax = 128;

/** How many texts are remembered at most; a power of two. */
const slotCount = 64;

interface Slot {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/**
 * Remembers texts that were decoded recently: the names of members and of client interceptors, of which there are few, and which
 * come with every message. They are not decoded again, and are the same string each time, so that maps which they are the keys of
 * need neither compute its hash nor compare its characters.
 */
export class RecentTexts {
  readonly #slots: (Slot | undefined)[] = new Array<Slot | undefined>(slotCount).fill(undefined);

  /** The text whose bytes are from `start` to `end`, or undefined if it is not remembered. */
  find(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (start === end) return undefined;
    const slot = this.#slots[slotOf(bytes, start, end)];
    if (slot === undefined || slot.bytes.length !== end - start) return undefined;
    const known = slot.bytes;
    for (let index = 0; index < known.length; index++) if (bytes[start + index] !== known[index]) return undefined;
    return slot.text;
  }

  /** This text was decoded from the bytes from `start` to `end`. It takes the place of another one, if need be. */
  note(text: string, bytes: Uint8Array, start: number, end: number): void {
    if (start === end || end - start > bytesMax) return;
    // A copy: what a `Buffer` calls a slice would keep all of what it lies in.
    const copy = Uint8Array.prototype.slice.call(bytes, start, end);
    this.#slots[slotOf(bytes, start, end)] = { text, bytes: copy };
  }
}

/** Names differ at their ends. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes[end - 1]!;
  const middle = bytes[(start + end) >> 1]!;
  return (bytes[start]! + 3 * middle + 5 * last + 7 * (end - start)) & (slotCount - 1);
}
