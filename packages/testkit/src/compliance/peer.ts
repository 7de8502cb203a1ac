/** The program at the far end of a connection, as a compliance suite drives and watches it. */
export interface Peer {
  /** Everything received so far, in one piece. */
  readonly received: Uint8Array;
  /** How many bytes that is. */
  readonly receivedBytes: number;
  /** How the other side's stream stands: still open, ended in good order, or broken by a reset. */
  readonly incoming: 'open' | 'ended' | 'reset';
  /** Bytes written that have not left this program, because the other side does not take them. */
  readonly pendingBytes: number;
  write(bytes: Uint8Array): void;
  /** Half-closes, after everything written. */
  end(): void;
  /** Breaks the connection. */
  reset(): void;
  /** Stops reading, so that the other side cannot get rid of what it sends. */
  pause(): void;
  resume(): void;
}

/** A service that a face can connect to. */
export interface TestService {
  /** Where it listens, in the adapter's notation. */
  readonly address: string;
  /** The next connection that nobody has asked for yet. */
  accept(): Promise<Peer>;
  /** Stops listening, and breaks all connections. */
  close(): Promise<void>;
}
