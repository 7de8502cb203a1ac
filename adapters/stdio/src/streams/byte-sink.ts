import type { Writable } from 'node:stream';

/** Who is told what becomes of what was sent. Never from inside a call into the sink. */
export interface ByteSinkHandler {
  /** This many bytes, cumulative, have left this process or were refused. Each call says more than the one before. */
  onTaken(bytes: number): void;
  /** Everything sent before `finish` is taken, and the stream is closed if it is to be. */
  onFinished(): void;
  /** The stream takes no more: nobody reads it, or the disk is full. What is sent counts as taken from here on. */
  onRefused(error: Error): void;
}

/** Writes bytes to a stream, and tells exactly how far they have got. */
export class ByteSink {
  readonly #stream: Writable;
  readonly #handler: ByteSinkHandler;
  readonly #closesStream: boolean;
  #sentBytes = 0;
  #takenBytes = 0;
  #finishing = false;
  #finished = false;
  #refused = false;
  #closed = false;

  /** @param closesStream whether `finish` closes the stream; the standard streams of this process stay open */
  constructor(stream: Writable, closesStream: boolean, handler: ByteSinkHandler) {
    this.#stream = stream;
    this.#closesStream = closesStream;
    this.#handler = handler;
    stream.on('error', (error) => this.#refuse(error));
    if (closesStream) stream.on('finish', () => stream.destroy()).on('close', () => this.#finish());
  }

  /** Ignored after `finish`. */
  send(payload: Uint8Array): void {
    if (this.#finishing || this.#closed || payload.length === 0) return;
    this.#sentBytes += payload.length;
    const sentBytes = this.#sentBytes;
    if (this.#refused) process.nextTick(() => this.#take(sentBytes));
    else this.#write(payload, () => this.#take(sentBytes));
  }

  /** Nothing follows. */
  finish(): void {
    if (this.#finishing || this.#closed) return;
    this.#finishing = true;
    if (this.#refused) process.nextTick(() => this.#finish());
    else if (this.#closesStream) this.#stream.end();
    else this.#write(new Uint8Array(), () => this.#finish());
  }

  /** Drops what was not taken. Nothing more is told. */
  close(): void {
    this.#closed = true;
    if (this.#closesStream) this.#stream.destroy();
  }

  /** A file is written to at once, and a full disk is then an exception. */
  #write(payload: Uint8Array, onDone: () => void): void {
    try {
      this.#stream.write(payload, (error) => {
        if (error) this.#refuse(error);
        onDone();
      });
    } catch (error) {
      process.nextTick(() => {
        this.#refuse(error as Error);
        onDone();
      });
    }
  }

  #take(bytes: number): void {
    if (this.#closed || bytes <= this.#takenBytes) return;
    this.#takenBytes = bytes;
    this.#handler.onTaken(bytes);
  }

  #refuse(error: Error): void {
    if (this.#refused || this.#closed) return;
    this.#refused = true;
    this.#handler.onRefused(error);
    this.#take(this.#sentBytes);
    if (this.#finishing) this.#finish();
  }

  #finish(): void {
    if (this.#finished || this.#closed) return;
    this.#finished = true;
    this.#handler.onFinished();
  }
}
