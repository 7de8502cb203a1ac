/** Memory is taken from the system so much at a time. What is kept of it, however little, keeps all of it. */
const slabBytes = 16 * 1024;

/** From here on, bytes get memory of their own. */
const pooledBytesMax = slabBytes / 4;

/** Fewer bytes than these are copied sooner by a loop than by a call, which needs an object for what it copies from. */
const loopBytesMax = 512;

/** Copies are aligned to as much, so that a loop copies as much at a time. */
const wordBytes = 4;

/**
 * Copies bytes of one buffer into memory that many copies share, which takes a fraction of the time of memory for each.
 */
export class BytePool {
  readonly #source: ArrayBuffer;
  readonly #sourceWords: Uint32Array;
  #slab = new ArrayBuffer(0);
  #slabBytes = 0;
  #slabWords = new Uint32Array(0);
  /** A multiple of a word. */
  #used = 0;

  /** @param source its length is a multiple of four */
  constructor(source: ArrayBuffer) {
    this.#source = source;
    this.#sourceWords = new Uint32Array(source);
  }

  /** A copy of the first `byteLength` bytes; a plain array, the parts of which are made sooner than those of a `Buffer`. */
  copy(byteLength: number): Uint8Array {
    if (byteLength >= pooledBytesMax) return this.#copyInto(allocate(byteLength), 0, byteLength);
    if (this.#used + byteLength > this.#slabBytes) this.#takeSlab();
    const start = this.#used;
    const wordCount = Math.ceil(byteLength / wordBytes);
    this.#used = start + wordCount * wordBytes;
    if (byteLength > loopBytesMax) return this.#copyInto(this.#slab, start, byteLength);
    const source = this.#sourceWords;
    const slab = this.#slabWords;
    const firstWord = start / wordBytes;
    for (let index = 0; index < wordCount; index++) slab[firstWord + index] = source[index]!;
    return new Uint8Array(this.#slab, start, byteLength);
  }

  #takeSlab(): void {
    this.#slab = allocate(slabBytes);
    this.#slabBytes = slabBytes;
    this.#slabWords = new Uint32Array(this.#slab);
    this.#used = 0;
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
