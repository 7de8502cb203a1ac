import { BytePool } from './byte-pool.js';

/** The largest read that may be asked for. */
const largestReadBytes = 128 * 1024;

/** A socket reads much that once gets so many bytes at once, */
const muchBytes = 16 * 1024;

/** until it gets fewer than these so often in a row. */
const littleBytes = 4 * 1024;
const littleReadsMax = 16;

/** Memory of a socket's own is taken so much at a time. What is kept of it, however little, keeps all of it. */
const ownBytes = 256 * 1024;

/** So many sockets have memory of their own at a time. */
const ownersMax = 32;

/** Where the kernel puts what has come for any socket without memory of its own; what is handed over is a copy. */
const sharedBuffer = new ArrayBuffer(largestReadBytes);

const pool = new BytePool(sharedBuffer);

/** Places for so many. */
class Places {
  #freeCount: number;

  constructor(count: number) {
    this.#freeCount = count;
  }

  /** @returns whether there was one */
  take(): boolean {
    if (this.#freeCount === 0) return false;
    this.#freeCount--;
    return true;
  }

  giveBack(): void {
    this.#freeCount++;
  }
}

/** For the sockets with memory of their own. */
const places = new Places(ownersMax);

/**
 * Where what comes for one socket is put. In most cases into one buffer that all sockets share, and copied from there: so who is
 * silent holds no memory. Who reads much has memory of his own, and what comes there is handed over as it is, each read right behind
 * the one before as long as there is room: what was cut by the reads is whole where it lies.
 */
export class ReadMemory {
  readonly #readBytesMax: number;
  readonly #shared: Uint8Array;
  #own: ArrayBuffer | undefined;
  /** Where in `#own` the next read begins. */
  #start = 0;
  #littleReads = 0;
  #next: Uint8Array;

  /** @param readBytesMax most bytes that one read brings, up to 128 KiB */
  constructor(readBytesMax: number) {
    this.#readBytesMax = readBytesMax;
    this.#shared = new Uint8Array(sharedBuffer, 0, readBytesMax);
    this.#next = this.#shared;
  }

  /** Where the next read goes. */
  get next(): Uint8Array {
    return this.#next;
  }

  /** Hands over what the last read has put into `next`, for good. The next one goes elsewhere, or that was copied. */
  take(byteLength: number): Uint8Array {
    const own = this.#own;
    if (own === undefined) {
      const copy = pool.copy(byteLength);
      if (byteLength >= muchBytes && places.take()) this.#beginToOwn();
      return copy;
    }
    const bytes = new Uint8Array(own, this.#start, byteLength);
    this.#start += byteLength;
    this.#littleReads = byteLength < littleBytes ? this.#littleReads + 1 : 0;
    if (this.#littleReads === littleReadsMax) this.release();
    else this.#moveOn(own);
    return bytes;
  }

  /** Gives up what is its own. */
  release(): void {
    if (this.#own === undefined) return;
    places.giveBack();
    this.#own = undefined;
    this.#next = this.#shared;
  }

  #beginToOwn(): void {
    this.#littleReads = 0;
    this.#takeOwn();
  }

  #moveOn(own: ArrayBuffer): void {
    if (this.#start + this.#readBytesMax > own.byteLength) this.#takeOwn();
    else this.#next = new Uint8Array(own, this.#start, this.#readBytesMax);
  }

  #takeOwn(): void {
    // Not filled with zeros.
    this.#own = Buffer.allocUnsafeSlow(ownBytes).buffer;
    this.#start = 0;
    this.#next = new Uint8Array(this.#own, 0, this.#readBytesMax);
  }
}
