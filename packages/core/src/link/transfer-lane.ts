import type { IncarnationId } from '@lockstep/contracts';
import type { PeerMessage } from '../protocol/messages.js';
import type { Hello } from '../wire/hello.js';
import { dial } from './dial.js';
import type { FrameConnection } from './frame-connection.js';
import { linkLimits } from './limits.js';
import { type Address, formatAddress } from '@lockstep/sockets';
import { MessageConnection } from './message-connection.js';
import { type PeerContext, peerMessages } from './peer-context.js';

interface Transfer {
  readonly incarnation: IncarnationId;
  readonly connection: MessageConnection<PeerMessage>;
}

/** Which way a connection of the lane was made. */
type Side = 'dialled' | 'accepted';

/**
 * The lane that carries history to one member, on a connection of its own, so that it never holds up the main link. Whoever
 * sends first makes the connection; when it breaks, what was unsent is dropped, and the protocol asks again.
 */
export class TransferLane {
  readonly #address: Address;
  readonly #context: PeerContext;
  readonly #onReceive: (from: IncarnationId, messages: readonly PeerMessage[]) => void;
  /** Both sides may have sent first, so there may be two. */
  readonly #connections = new Map<Side, Transfer>();
  #cancelDial: (() => void) | undefined;
  /** What waits for the connection that is being made. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #trafficSeen = 0;

  constructor(
    address: Address,
    context: PeerContext,
    onReceive: (from: IncarnationId, messages: readonly PeerMessage[]) => void,
  ) {
    this.#address = address;
    this.#context = context;
    this.#onReceive = onReceive;
  }

  /** Sends to this incarnation, the one that the main link is up with. */
  send(to: IncarnationId, pieces: readonly Uint8Array[]): void {
    const connection = this.#connectionTo(to);
    if (connection !== undefined) return connection.send(pieces);
    this.#cancelDial ??= this.#dial(to);
    if (this.#waitingBytes > linkLimits.peerUnsentBytesMax) return this.#context.counters.increment('transfer-dropped');
    for (const piece of pieces) {
      this.#waiting.push(piece);
      this.#waitingBytes += piece.length;
    }
  }

  flush(): void {
    for (const { connection } of this.#connections.values()) connection.flush();
  }

  /** The other side has made a connection. */
  accept(connection: FrameConnection, theirs: Hello): void {
    this.#adopt('accepted', connection, theirs.identity as IncarnationId);
  }

  stop(): void {
    clearTimeout(this.#idleTimer);
    this.#cancelDial?.();
    for (const { connection } of this.#connections.values()) connection.end('stopped');
    this.#connections.clear();
  }

  #connectionTo(to: IncarnationId): MessageConnection<PeerMessage> | undefined {
    for (const { incarnation, connection } of this.#connections.values()) if (incarnation === to) return connection;
    return undefined;
  }

  #dial(to: IncarnationId): () => void {
    const { own, suspectAfterMs, counters, logger } = this.#context;
    return dial({
      address: this.#address,
      own,
      role: 'transfer',
      judge: () => undefined,
      timeoutMs: suspectAfterMs,
      counters,
      onDone: (outcome) => {
        this.#cancelDial = undefined;
        const waiting = this.#waiting;
        this.#waiting = [];
        this.#waitingBytes = 0;
        if (outcome.kind === 'up' && outcome.theirs.identity === to) {
          const connection = this.#adopt('dialled', outcome.connection, to);
          connection.send(waiting);
          return connection.flush();
        }
        if (outcome.kind === 'up') outcome.connection.end('another incarnation than the one meant');
        counters.increment('transfer-dial-failed');
        const address = formatAddress(this.#address);
        logger.debug(
          { event: 'transfer-dial-failed', peer: to, address, outcome: outcome.kind },
          'No transfer connection',
        );
      },
    });
  }

  #adopt(side: Side, frames: FrameConnection, incarnation: IncarnationId): MessageConnection<PeerMessage> {
    this.#connections.get(side)?.connection.end('replaced by a newer connection');
    const isCurrent = (): boolean => this.#connections.get(side)?.connection === connection;
    const connection: MessageConnection<PeerMessage> = new MessageConnection(frames, peerMessages, {
      onMessages: (messages) => isCurrent() && this.#onReceive(incarnation, messages),
      onWritable: () => undefined,
      onClosed: () => isCurrent() && this.#connections.delete(side),
    });
    this.#connections.set(side, { incarnation, connection });
    this.#idleTimer ??= setTimeout(this.#closeIfIdle, linkLimits.transferIdleMs);
    return connection;
  }

  readonly #closeIfIdle = (): void => {
    let traffic = 0;
    for (const { connection } of this.#connections.values()) traffic += connection.traffic;
    if (traffic === this.#trafficSeen) {
      for (const { connection } of this.#connections.values()) connection.end('idle');
      this.#connections.clear();
    }
    this.#trafficSeen = traffic;
    this.#idleTimer = undefined;
    if (this.#connections.size > 0) this.#idleTimer = setTimeout(this.#closeIfIdle, linkLimits.transferIdleMs);
  };
}
