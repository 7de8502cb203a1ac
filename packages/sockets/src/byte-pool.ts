/** Memory is taken from the system so much at a time. What is kept of it, however little, keeps all of it. */
const slabBytes = { small: 16 * 1024, medium: 128 * 1024 } as const;

/** Fewer bytes than these go into a small slab; */
const smallBytesMax = slabBytes.small / 4;

/** fewer than these into a medium one; and from here on, bytes get memory of their own. */
const mediumBytesMax = slabBytes.medium / 4;

/** Fewer bytes than these are copied sooner by a loop than by a call, which needs an object for what it copies from. */
const loopBytesMax = 512;

/** Copies are aligned to as much, so that a loop copies as much at a time. */
const wordBytes = 4;

/** Memory that copies share, one behind the other. */
class Slabs {
  buffer = new ArrayBuffer(0);
  words = new Uint32Array(0);
  readonly #slabBytes: number;
  #usedBytes: number;

  constructor(byteLength: number) {
    this.#slabBytes = byteLength;
    this.#usedBytes = byteLength;
  }

  /** @returns where in `buffer` there is room for so many bytes, or words */
  take(byteLength: number): number {
    if (this.#usedBytes + byteLength > this.#slabBytes) {
      this.buffer = allocate(this.#slabBytes);
      this.words = new Uint32Array(this.buffer);
      this.#usedBytes = 0;
    }
    const start = this.#usedBytes;
    this.#usedBytes = start + Math.ceil(byteLength / wordBytes) * wordBytes;
    return start;
  }
}

/**
 * Copies bytes of one buffer into memory that many copies share, which takes a fraction of the time of memory for each.
 */
export class BytePool {
  readonly #source: ArrayBuffer;
  readonly #sourceWords: Uint32Array;
  readonly #small = new Slabs(slabBytes.small);
  readonly #medium = new Slabs(slabBytes.medium);

  /** @param source its length is a multiple of four */
  constructor(source: ArrayBuffer) {
    this.#source = source;
    this.#sourceWords = new Uint32Array(source);
  }

  /** A copy of the first `byteLength` bytes; a plain array, the parts of which are made sooner than those of a `Buffer`. */
  copy(byteLength: number): Uint8Array {
    if (byteLength >= mediumBytesMax) return this.#copyInto(allocate(byteLength), 0, byteLength);
    const slabs = byteLength < smallBytesMax ? this.#small : this.#medium;
    const start = slabs.take(byteLength);
    if (byteLength > loopBytesMax) return this.#copyInto(slabs.buffer, start, byteLength);
    const source = this.#sourceWords;
    const { words } = slabs;
    const firstWord = start / wordBytes;
    const wordCount = Math.ceil(byteLength / wordBytes);
    for (let index = 0; index < wordCount; index++) words[firstWord + index] = source[index]!;
    return new Uint8Array(slabs.buffer, start, byteLength);
  }

  #copyInto(target: ArrayBuffer, start: number, byteLength: number): Uint8Array {
    const copy = new Uint8Array(target, start, byteLength);
    copy.set(new Uint8Array(this.#source, 0, byteLength));
    return copy;
  }
}

/** Not filled with zeros. */
function allocate(byteLength: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(byteLength).buffer;
}
