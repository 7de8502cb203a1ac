import type { Readable } from 'node:stream';

/** Who is told what a source says. Never from inside a call into the source. */
export interface ByteSourceHandler {
  /** Not while paused. */
  onBytes(payload: Uint8Array): void;
  /** Nothing follows. Not while paused. An error of the stream is an end, too: a terminal that goes away has one. */
  onEnd(): void;
}

/** Bytes that are read from a stream, and the end behind them. */
export class ByteSource {
  readonly #stream: Readable;
  readonly #handler: ByteSourceHandler;
  /** The end came while paused. */
  #endIsDue = false;
  #paused = false;
  #over = false;

  /** Begins to read, unless it is paused before the event loop turns. */
  constructor(stream: Readable, handler: ByteSourceHandler) {
    this.#stream = stream;
    this.#handler = handler;
    stream.on('data', (payload: Buffer) => {
      if (!this.#over) handler.onBytes(payload);
    });
    const onEnd = (): void => {
      this.#endIsDue = true;
      this.#tellEnd();
    };
    stream.on('end', onEnd).on('error', onEnd).on('close', onEnd);
  }

  /** Whether the bytes stay where they are. */
  get isPaused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
    if (!this.#over) this.#stream.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#over) return;
    if (this.#endIsDue) process.nextTick(() => this.#tellEnd());
    else this.#stream.resume();
  }

  /** Ends it here: nothing more is told, and whoever still writes learns that nobody reads. */
  close(): void {
    this.#over = true;
    this.#stream.destroy();
  }

  /** Ends it here, as if the stream had ended. */
  cut(): void {
    this.#stream.destroy();
  }

  #tellEnd(): void {
    if (!this.#endIsDue || this.#paused || this.#over) return;
    this.#over = true;
    this.#handler.onEnd();
  }
}
