import { crc32 } from 'node:zlib';

/** How much is remembered of one channel at a time; beyond it, the oldest is looked at for the last time. */
const watchedBytesMax = 16 * 1024 * 1024;

/** Remembers what was in buffers when they changed hands, and notices when somebody writes into them afterwards. */
export class BufferWatch {
  readonly #onWritten: () => void;
  readonly #watched: { readonly payload: Uint8Array; readonly checksum: number }[] = [];
  #bytes = 0;

  /** @param onWritten called for each buffer that was written */
  constructor(onWritten: () => void) {
    this.#onWritten = onWritten;
  }

  watch(payload: Uint8Array): void {
    this.#watched.push({ payload, checksum: crc32(payload) });
    this.#bytes += payload.byteLength;
    while (this.#bytes > watchedBytesMax) this.#inspectOldest();
  }

  /** Looks at everything that is still remembered, and forgets it. */
  inspect(): void {
    while (this.#watched.length > 0) this.#inspectOldest();
  }

  #inspectOldest(): void {
    const oldest = this.#watched.shift();
    if (oldest === undefined) return;
    this.#bytes -= oldest.payload.byteLength;
    if (crc32(oldest.payload) !== oldest.checksum) this.#onWritten();
  }
}
