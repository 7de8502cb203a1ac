import type { Milliseconds } from '@lockstep/contracts';
import type { FrameConnection } from './frame-connection.js';

/** How often it is looked, in one time of allowed silence. */
const looksPerSilence = 4;

interface Watched {
  bytesRead: number;
  idleLooks: number;
}

/**
 * Breaks connections that bring nothing any more, so that one whose other end has vanished without a word does not keep its
 * descriptor. It counts its own looks, not time: a process that stood still has not listened.
 */
export class SilenceWatch {
  readonly #watched = new Map<FrameConnection, Watched>();
  readonly #timer: NodeJS.Timeout;

  /** @param silenceMs a connection that is silent for longer is broken, at most a quarter later */
  constructor(silenceMs: Milliseconds) {
    this.#timer = setInterval(() => this.#look(), silenceMs / looksPerSilence);
    this.#timer.unref();
  }

  /** Watches the connection until it closes. */
  watch(connection: FrameConnection): void {
    this.#watched.set(connection, { bytesRead: connection.bytesRead, idleLooks: 0 });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #look(): void {
    for (const [connection, watched] of this.#watched) {
      const { bytesRead } = connection;
      if (connection.isClosing) this.#watched.delete(connection);
      else if (bytesRead !== watched.bytesRead || connection.isHeld) {
        watched.bytesRead = bytesRead;
        watched.idleLooks = 0;
      } else if (++watched.idleLooks > looksPerSilence) connection.destroy('silent');
    }
  }
}
