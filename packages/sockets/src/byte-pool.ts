/** Memory is taken from the system so much at a time. What is kept of it, however little, keeps all of it. */
const slabBytes = 16 * 1024;

/** From here on, bytes get memory of their own. */
const pooledBytesMax = slabBytes / 4;

/** Copies bytes into memory that many copies share, which takes a fraction of the time of memory for each. */
export class BytePool {
  #slab = new ArrayBuffer(0);
  #used = 0;

  /** A copy of the first `byteLength` bytes; a plain array, the parts of which are made sooner than those of a `Buffer`. */
  copy(source: Uint8Array<ArrayBuffer>, byteLength: number): Uint8Array {
    const copy = byteLength < pooledBytesMax ? this.#take(byteLength) : allocate(byteLength);
    copy.set(new Uint8Array(source.buffer, source.byteOffset, byteLength));
    return copy;
  }

  #take(byteLength: number): Uint8Array {
    if (this.#used + byteLength > this.#slab.byteLength) {
      this.#slab = allocate(slabBytes).buffer;
      this.#used = 0;
    }
    const taken = new Uint8Array(this.#slab, this.#used, byteLength);
    this.#used += byteLength;
    return taken;
  }
}

/** Not filled with zeros. */
function allocate(byteLength: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(byteLength);
  return new Uint8Array(buffer, byteOffset, byteLength);
}
