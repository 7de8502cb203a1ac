import type { Socket } from 'node:net';

/** Writes to a socket so that what is written in one turn of the event loop goes to the kernel in one call. */
export class SocketWriter {
  readonly #socket: Socket;
  #corked = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Writes pieces that belong together.
   *
   * @param onTaken called when the kernel has taken them; not if the socket breaks before
   */
  write(pieces: readonly Uint8Array[], onTaken: () => void): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(this.#flush);
    }
    for (const [index, piece] of pieces.entries()) {
      if (index < pieces.length - 1) this.#socket.write(piece);
      else this.#socket.write(piece, (error) => (error ? undefined : onTaken()));
    }
  }

  /** Half-closes, after everything written. */
  end(): void {
    this.#flush();
    this.#socket.end();
  }

  readonly #flush = (): void => {
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
  };
}
