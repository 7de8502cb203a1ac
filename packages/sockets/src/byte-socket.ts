import { connect, Socket, type NetConnectOpts, type OnReadOpts } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { BytePool } from './byte-pool.js';

/** Where the kernel puts what has come for any of the sockets; what is handed over is a copy. */
const readBuffer = new Uint8Array(64 * 1024);

const pool = new BytePool();

/**
 * A connected socket, read and written past the machinery of streams, which takes longer than the system calls that it is for.
 * What has come is put into one buffer that all sockets share, and copied from there; what is to be sent is given to
 * libuv at once, which keeps what the kernel does not take.
 *
 * This uses two things of Node that it does not document: the handle of a socket, and the object that a write to it takes.
 * Where they are not found the socket is a stream after all, which is slower, and nobody needs to know.
 */
export class ByteSocket {
  /** For its events, its ends and its state. Who reads its data, or writes to it, does so out of turn. */
  readonly stream: Socket;
  /** Node's class of what a write takes: learnt from a write of Node's own. */
  static #WriteRequest: (new () => WriteRequest) | undefined;
  /** What the next write takes. One that the kernel takes at once leaves it as it was. */
  static #request: WriteRequest | undefined;
  readonly #isDirect: boolean;
  #onBytes: ((bytes: Uint8Array) => void) | undefined;
  /** Writes given to the stream that it has not done. */
  #streamWrites = 0;
  /** Writes given to libuv that the kernel has not taken. */
  #handleWrites = 0;
  #bytesWritten = 0;

  /** @param source a stream, or makes one that is read as is said */
  private constructor(source: Socket | ((onread: OnReadOpts) => Socket)) {
    this.#isDirect = !(source instanceof Socket);
    this.stream =
      source instanceof Socket
        ? source
        : source({ buffer: readBuffer, callback: (byteLength) => this.#handOver(byteLength) });
  }

  /** Starts to connect; a failure is an `error` of the stream. */
  static connect(options: NetConnectOpts): ByteSocket {
    return new ByteSocket((onread) => connect({ ...options, onread }));
  }

  /**
   * Takes over a socket that a server has accepted just now, with the option `pauseOnConnect`.
   *
   * @param options as the server's
   */
  static accept(socket: Socket, options: { readonly allowHalfOpen?: boolean } = {}): ByteSocket {
    const accepted = socket as HandleOwner;
    const handle = accepted._handle;
    if (!isKnown(handle)) return ByteSocket.over(socket);
    // A server's sockets cannot be told how to be read, so the connection moves to one that can.
    accepted._handle = null;
    return new ByteSocket((onread) => new Socket({ ...options, handle, onread } as object));
  }

  /** Reads and writes a socket as the stream that it is, which may be no plain one, or have been read before. */
  static over(socket: Socket): ByteSocket {
    return new ByteSocket(socket);
  }

  /** Grows with everything that is written. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Bytes written that the kernel has not taken. */
  get unsentBytes(): number {
    const { writableLength } = this.stream;
    return this.#handleWrites === 0 ? writableLength : writableLength + (this.#handle?.writeQueueSize ?? 0);
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
    for (const piece of pieces) this.#bytesWritten += piece.byteLength;
    const handle = this.#handle;
    const request = ByteSocket.#request;
    if (!this.#isDirect || request === undefined || this.#streamWrites > 0 || this.stream.connecting) {
      this.#writeToStream(pieces, onTaken);
      return false;
    }
    // The connection is over.
    if (!handle) return false;
    const error =
      pieces.length === 1 ? handle.writeBuffer(request, pieces[0]!) : handle.writev(request, [...pieces], true);
    if (error === 0 && handle.writeQueueSize === 0) return true;
    if (error === 0) this.#await(request, pieces, onTaken);
    else this.#break(error);
    return false;
  }

  get #handle(): StreamHandle | null | undefined {
    return (this.stream as HandleOwner)._handle;
  }

  #handOver(byteLength: number): boolean {
    this.#onBytes!(pool.copy(readBuffer, byteLength));
    return true;
  }

  /** Libuv has the rest of this write, and will say when it is done. */
  #await(request: WriteRequest, pieces: readonly Uint8Array[], onTaken: (() => void) | undefined): void {
    ByteSocket.#request = new ByteSocket.#WriteRequest!();
    this.#handleWrites += 1;
    // The bytes must live for as long as libuv needs them.
    request.buffer = pieces;
    request.oncomplete = (error) => {
      this.#handleWrites -= 1;
      if (error === 0) onTaken?.();
      else this.#break(error);
    };
  }

  #break(error: number): void {
    const code = getSystemErrorName(error);
    this.stream.destroy(Object.assign(new Error(`write ${code}`), { code, errno: error, syscall: 'write' }));
  }

  #writeToStream(pieces: readonly Uint8Array[], onTaken: (() => void) | undefined): void {
    const { stream } = this;
    if (this.#isDirect) this.#learn();
    this.#streamWrites += 1;
    const last = pieces.length - 1;
    // Corked writes become one gathering write.
    if (last > 0) stream.cork();
    for (let index = 0; index < last; index++) stream.write(pieces[index]!);
    stream.write(pieces[last]!, (error) => {
      this.#streamWrites -= 1;
      if (!error) onTaken?.();
    });
    if (last > 0) stream.uncork();
  }

  /** Looks at what the stream's next write does. */
  #learn(): void {
    const handle = this.#handle;
    if (ByteSocket.#request !== undefined || !isKnown(handle)) return;
    const learnFrom = (request: WriteRequest): void => {
      delete (handle as Partial<StreamHandle>).writeBuffer;
      delete (handle as Partial<StreamHandle>).writev;
      ByteSocket.#WriteRequest = request.constructor as new () => WriteRequest;
      ByteSocket.#request = new ByteSocket.#WriteRequest();
    };
    handle.writeBuffer = (request, bytes) => {
      learnFrom(request);
      return handle.writeBuffer(request, bytes);
    };
    handle.writev = (request, pieces, areBuffers) => {
      learnFrom(request);
      return handle.writev(request, pieces, areBuffers);
    };
  }
}

/** What a write takes. */
interface WriteRequest {
  /** Only called for a write that was not done at once; `error` is 0 or negative. */
  oncomplete?: (error: number) => void;
  /** Anything that must live until then. */
  buffer?: unknown;
}

/** The handle of a socket. Writes return 0, or an error, which is negative. */
interface StreamHandle {
  /** Bytes of writes that are not done. */
  readonly writeQueueSize: number;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  writev(request: WriteRequest, pieces: Uint8Array[], areBuffers: true): number;
}

interface HandleOwner {
  _handle?: StreamHandle | null;
}

function isKnown(handle: StreamHandle | null | undefined): handle is StreamHandle {
  return (
    typeof handle?.writeBuffer === 'function' &&
    typeof handle.writev === 'function' &&
    typeof handle.writeQueueSize === 'number'
  );
}
