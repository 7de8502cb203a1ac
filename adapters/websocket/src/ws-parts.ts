import type { Duplex, Writable } from 'node:stream';

/** The parts of `ws` that this package is made of. They are public and documented there, but its types leave them out. */
declare module 'ws' {
  /** The parameters of an extension, as they stand in a header. */
  export type ExtensionParameters = Record<string, string | number | true>;

  /** `Sec-WebSocket-Extensions`, taken apart and put together. */
  export const extension: {
    /** @throws SyntaxError */
    parse(header: string): Record<string, ExtensionParameters[]>;
    format(extensions: Record<string, ExtensionParameters[]>): string;
  };

  /** `Sec-WebSocket-Protocol`, taken apart. */
  export const subprotocol: {
    /** @throws SyntaxError */
    parse(header: string): Set<string>;
  };

  /** Compresses and inflates the messages of one connection. */
  export class PerMessageDeflate {
    static readonly extensionName: 'permessage-deflate';
    constructor(options: {
      isServer: boolean;
      maxPayload: number;
      serverNoContextTakeover?: boolean;
      clientNoContextTakeover?: boolean;
    });
    /** @throws Error if no offer is acceptable */
    accept(offers: ExtensionParameters[]): ExtensionParameters;
    cleanup(): void;
  }

  /** Parses frames; emits `message`, `ping`, `pong`, `conclude` (the close frame) and `error`. */
  export class Receiver extends Writable {
    constructor(options: {
      isServer: boolean;
      extensions?: Record<string, PerMessageDeflate>;
      maxPayload: number;
      maxFragments?: number;
      maxBufferedChunks?: number;
    });
  }

  /** Writes frames. A callback gets an error if the frame could not be written. */
  export class Sender {
    constructor(socket: Duplex, extensions?: Record<string, PerMessageDeflate>);
    send(
      payload: Uint8Array,
      options: { binary: boolean; compress: boolean; fin: boolean; mask: boolean },
      onWritten: (error?: Error | null) => void,
    ): void;
    ping(payload: Uint8Array, mask: boolean, onWritten: (error?: Error | null) => void): void;
    pong(payload: Uint8Array, mask: boolean, onWritten: (error?: Error | null) => void): void;
    close(
      code: number | undefined,
      reason: Uint8Array | undefined,
      mask: boolean,
      onWritten: (error?: Error | null) => void,
    ): void;
  }
}
