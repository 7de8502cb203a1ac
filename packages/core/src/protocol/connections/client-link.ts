import type { ConnectionNumber, Epoch, IncarnationId, OrderNumber, Position, View } from '@lockstep/contracts';
import type { Acknowledgement, CommandsEntry } from './entry.js';

/** What a client interceptor says to the member that it is (or wants to be) attached to. */
export type ClientToMember = AttachRequest | CommandsMessage | Heartbeat;

/** The same, as a client interceptor gives it to the link: a batch is encoded on its way there. */
export type FromClient = AttachRequest | Pick<CommandsMessage, 'kind' | 'entry'> | Heartbeat;

export interface AttachRequest {
  readonly kind: 'attach';
  readonly epoch: Epoch;
  readonly established: boolean;
  /** Of at most as many connections as one message lists; of more, the rest is acknowledged by commands. */
  readonly received: readonly Acknowledgement[];
}

/** A batch of commands. `encoded` are the bytes that go into the order unchanged, `entry` is what they say. */
export interface CommandsMessage {
  readonly kind: 'commands';
  readonly entry: CommandsEntry;
  readonly encoded: Uint8Array;
  /**
   * This is the beginning of a batch, cut within a stream of bytes; the rest follows. The client interceptor knows nothing
   * of that: only the rest counts as a batch.
   */
  readonly isPart?: boolean;
}

export interface Heartbeat {
  readonly kind: 'heartbeat';
}

/** What a member says to a client interceptor. */
export type MemberToClient =
  ConnectionStates | Attached | Output | Progress | ViewNotice | AttachRefused | Expired | Heartbeat;

/** How far the requests of live connections are in, right before the `attached` that lists the rest of them. */
export interface ConnectionStates {
  readonly kind: 'states';
  readonly epoch: Epoch;
  readonly connections: readonly ConnectionState[];
}

/** The attachment is stable. Sent once per epoch; only then does the client interceptor send commands. */
export interface Attached {
  readonly kind: 'attached';
  readonly epoch: Epoch;
  readonly order: OrderNumber;
  /**
   * How far the requests of each live connection are in, those counted that `states` has listed; a connection that is missing
   * and was opened before is over.
   */
  readonly connections: readonly ConnectionState[];
  /** The number that the next `open` must carry; connections below it that are not listed are over. */
  readonly nextConnection: ConnectionNumber;
  readonly view: View;
}

export interface ConnectionState {
  readonly connection: ConnectionNumber;
  /** Next expected position of the requests, the end counted. */
  readonly input: Position;
  /** The service has taken the requests before this position. */
  readonly taken: Position;
}

/** Released output, in order for each connection. */
export interface Output {
  readonly kind: 'output';
  readonly epoch: Epoch;
  readonly segments: readonly OutputSegment[];
  /** What there is to tell with it, if that is something. */
  readonly news: News | undefined;
}

export type OutputSegment =
  | {
      readonly kind: 'data';
      readonly connection: ConnectionNumber;
      readonly position: Position;
      readonly length: number;
      readonly payload: Uint8Array;
    }
  /** The service has half-closed; the end counts one unit. */
  | { readonly kind: 'end'; readonly connection: ConnectionNumber; readonly position: Position }
  /** The service broke the connection; counts one unit. */
  | { readonly kind: 'reset'; readonly connection: ConnectionNumber; readonly position: Position };

/** News of this attachment, when no output takes them along. */
export interface Progress extends News {
  readonly kind: 'progress';
  readonly epoch: Epoch;
}

/** What is cumulative in an attachment. */
export interface News {
  /** The first this many `commands` messages of this epoch are stable: the client interceptor may forget them. */
  readonly stableBatches: number;
  /** The service has taken these connections' requests up to here: credit for more. */
  readonly taken: readonly { readonly connection: ConnectionNumber; readonly position: Position }[];
}

/** A new view, once it is installed: whom to turn to when this member is lost. */
export interface ViewNotice {
  readonly kind: 'view';
  readonly view: View;
}

/** The member cannot serve: try the next one. */
export interface AttachRefused {
  readonly kind: 'refused';
  readonly reason: 'not-a-member' | 'superseded' | 'bad-input' | 'overloaded' | 'leaving' | 'no-quorum';
  /** Where the member believes the group to be, if it knows. */
  readonly members: readonly IncarnationId[];
}

/** The group has forgotten this client interceptor; its connections are over. */
export interface Expired {
  readonly kind: 'expired';
}
