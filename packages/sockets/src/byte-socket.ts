import { connect, Socket, type NetConnectOpts, type OnReadOpts } from 'node:net';
import { runAsCallback } from './callback-end.js';
import { ReadMemory } from './read-memory.js';

/** Most bytes that one read hands over, unless something else is asked for. */
const usualReadBytes = 64 * 1024;

/**
 * A connected socket, read and written past the queues of its stream, which take longer than the system calls that they are for.
 * What has come is put where `ReadMemory` says. What is to be sent goes at once to what is beneath the stream's queue (`_write`),
 * which queues by itself what the kernel does not take.
 *
 * Whose stream is of another kind, or does not let itself be moved, is read and written as the stream that it is.
 */
export class ByteSocket {
  /** For its events, its ends and its state. Who reads its data, or writes to it, does so out of turn. */
  readonly stream: Socket;
  /** Most bytes that one read hands over; fewer are all that there was. */
  readonly readBytesMax: number;
  readonly #isDirect: boolean;
  readonly #memory: ReadMemory;
  #onBytes: ((bytes: Uint8Array) => void) | undefined;
  #bytesWritten = 0;
  #unsentBytes = 0;

  /** @param source a stream, or makes one that is read as is said */
  private constructor(source: Socket | ((onread: OnReadOpts) => Socket), readBytesMax = usualReadBytes) {
    this.#isDirect = !(source instanceof Socket);
    this.readBytesMax = readBytesMax;
    this.#memory = new ReadMemory(readBytesMax);
    this.stream =
      source instanceof Socket
        ? source
        : source({ buffer: () => this.#memory.next, callback: (byteLength) => this.#handOver(byteLength) });
    if (this.#isDirect) this.stream.on('close', () => this.#memory.release());
  }

  /**
   * Starts to connect; a failure is an `error` of the stream.
   *
   * @param options `readBytesMax`: most bytes that one read hands over, up to 128 KiB. Default: 64 KiB.
   */
  static connect({ readBytesMax, ...options }: NetConnectOpts & ReadOptions): ByteSocket {
    return new ByteSocket((onread) => connect({ ...options, onread }), readBytesMax);
  }

  /**
   * Takes over a socket that a server has accepted just now, with the option `pauseOnConnect`.
   *
   * @param options `allowHalfOpen` as the server's; `readBytesMax` as for `connect`
   */
  static accept(
    socket: Socket,
    { readBytesMax, ...options }: { readonly allowHalfOpen?: boolean } & ReadOptions = {},
  ): ByteSocket {
    const accepted = socket as HandleOwner;
    const handle = accepted._handle;
    if (!handle) return ByteSocket.over(socket);
    // A server's sockets cannot be told how to be read, so the connection moves to one that can. How, Node does not document.
    accepted._handle = null;
    return new ByteSocket((onread) => new Socket({ ...options, handle, onread } as object), readBytesMax);
  }

  /** Reads and writes a socket as the stream that it is: it may be no plain one, or have been read before. */
  static over(socket: Socket): ByteSocket {
    return new ByteSocket(socket);
  }

  /** Grows with everything that is written. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Bytes of writes that the kernel has not taken as a whole. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Hands over what comes, in order, for good: nobody else writes into it. Called once, before the event loop turns. */
  read(onBytes: (bytes: Uint8Array) => void): void {
    this.#onBytes = onBytes;
    if (!this.#isDirect) this.stream.on('data', onBytes).resume();
  }

  /**
   * Writes pieces, at least one, in their order. Nobody may write into them any more. Not after the stream was ended.
   *
   * @param onTaken called when the kernel has taken all of them, if it has not by then; not if the connection breaks before
   * @returns whether the kernel has taken all of them
   */
  write(pieces: readonly Uint8Array[], onTaken?: () => void): boolean {
    const byteLength = byteLengthOf(pieces);
    this.#bytesWritten += byteLength;
    this.#unsentBytes += byteLength;
    let isTaken = false;
    let isReturned = false;
    const onDone = (error?: Error | null): void => {
      this.#unsentBytes -= byteLength;
      // A stream that was destroyed says of what was lost that it is done.
      if (error || this.stream.destroyed) this.#break(error);
      else if (isReturned) onTaken?.();
      else isTaken = true;
    };
    if (this.#isDirect) this.#writeBeneath(pieces, onDone);
    else this.#writeToStream(pieces, onDone);
    isReturned = true;
    return isTaken;
  }

  #handOver(byteLength: number): boolean {
    runAsCallback(this.#onBytes!, this.#memory.take(byteLength));
    return true;
  }

  #break(error: Error | null | undefined): void {
    if (error && !this.stream.destroyed) this.stream.destroy(error);
  }

  #writeBeneath(pieces: readonly Uint8Array[], onDone: (error?: Error | null) => void): void {
    if (pieces.length === 1) return this.stream._write(pieces[0], buffers, onDone);
    const chunks: Chunks = [];
    for (const chunk of pieces) chunks.push({ chunk, encoding: buffers });
    chunks.allBuffers = true;
    this.stream._writev!(chunks, onDone);
  }

  #writeToStream(pieces: readonly Uint8Array[], onDone: (error?: Error | null) => void): void {
    const { stream } = this;
    const last = pieces.length - 1;
    // Corked writes become one gathering write.
    if (last > 0) stream.cork();
    for (let index = 0; index < last; index++) stream.write(pieces[index]!);
    stream.write(pieces[last]!, onDone);
    if (last > 0) stream.uncork();
  }
}

/** What streams call the encoding of bytes, though it is none. */
const buffers = 'buffer' as BufferEncoding;

/** What streams write at once. */
interface Chunks extends Array<{ chunk: Uint8Array; encoding: BufferEncoding }> {
  /** Spares the stream a look at each. */
  allBuffers?: true;
}

interface ReadOptions {
  readonly readBytesMax?: number;
}

/** A socket, with what it is made of. */
interface HandleOwner {
  _handle?: object | null;
}

function byteLengthOf(pieces: readonly Uint8Array[]): number {
  let byteLength = 0;
  for (const piece of pieces) byteLength += piece.length;
  return byteLength;
}
