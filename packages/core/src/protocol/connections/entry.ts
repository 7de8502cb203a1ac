import type { ClientId, ConnectionNumber, Epoch, IncarnationId, Position } from '@lockstep/contracts';

/**
 * What the group orders, decoded. The replicated connection table changes by these and by view changes only, so it is
 * the same on every replica at the same order number.
 */
export type Entry = AttachEntry | CommandsEntry | DetachEntry | ExpireEntry;

/** A client interceptor is attached to `member` from here on; frames of older epochs are ignored. */
export interface AttachEntry {
  readonly kind: 'attach';
  readonly client: ClientId;
  readonly epoch: Epoch;
  readonly member: IncarnationId;
  /** False if the client interceptor never heard of a successful attachment: only then may an unknown client be made. */
  readonly established: boolean;
  /** How far clients have received the output of their connections, where the order does not know it yet. */
  readonly received: readonly Acknowledgement[];
}

/** What one turn of a client interceptor brought, in its order. The client interceptor encodes it; nobody re-encodes it. */
export interface CommandsEntry {
  readonly kind: 'commands';
  readonly client: ClientId;
  readonly epoch: Epoch;
  readonly commands: readonly Command[];
}

/** The member that the client was attached to has lost its link. Starts the expiry clock. */
export interface DetachEntry {
  readonly kind: 'detach';
  readonly client: ClientId;
  readonly epoch: Epoch;
}

/** The client stayed away for too long: its connections are reset and it is forgotten. */
export interface ExpireEntry {
  readonly kind: 'expire';
  readonly client: ClientId;
  readonly epoch: Epoch;
}

/** One step of one connection, from its client. */
export type Command =
  | { readonly kind: 'open'; readonly connection: ConnectionNumber; readonly endpoint: string }
  | DataCommand
  /** Half-close; the end counts one unit, at `position`. */
  | { readonly kind: 'end'; readonly connection: ConnectionNumber; readonly position: Position }
  /** Breaks the connection in both directions and forgets it, whatever was in flight. */
  | { readonly kind: 'reset'; readonly connection: ConnectionNumber }
  | ({ readonly kind: 'acknowledge' } & Acknowledgement);

export interface DataCommand {
  readonly kind: 'data';
  readonly connection: ConnectionNumber;
  readonly position: Position;
  /** In units. Equals `payload.length` for byte streams, where a segment may be cut; otherwise it is never cut. */
  readonly length: number;
  readonly payload: Uint8Array;
}

/** Everything before `position` of the connection's output has reached the client. */
export interface Acknowledgement {
  readonly connection: ConnectionNumber;
  readonly position: Position;
  /** The end of the output is among it. */
  readonly ended: boolean;
}
