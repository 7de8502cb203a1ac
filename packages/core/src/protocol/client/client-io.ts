import type { ConnectionNumber, Epoch, MemberName, Milliseconds, Position, Segment, View } from '@lockstep/contracts';
import type { ClientToMember, MemberToClient } from '../connections/client-link.js';
import type { CommandsEntry } from '../connections/entry.js';
import type { Report } from '../member-io.js';

/** How a client interceptor is set up. */
export interface ClientSettings {
  /** Every configured member that has a service, in the order of the configuration. */
  readonly members: readonly MemberName[];
  readonly suspectAfterMs: Milliseconds;
  readonly heartbeatMs: Milliseconds;
  /** How long clients are held without a primary view before their connections are reset. */
  readonly giveUpAfterMs: Milliseconds;
  /** Bytes of one connection's requests that may wait for the group or the service before its client has to wait. */
  readonly connectionWindowBytes: number;
  /** The same over all connections; beyond it the windows shrink to a fair share. */
  readonly processCacheBytes: number;
  /** Connections at a time; more are rejected. At most what the replicas allow. */
  readonly maxConnections: number;
}

/**
 * What the client engine is told: by the client face, by links. The driver has at most one link to a member; after a
 * `disconnect` effect nothing more is told about that link, not even its end.
 *
 * The numbers of connections are never used twice in one run. After an expiry the group counts from 1 again; inputs and
 * effects do not.
 */
export type ClientInput =
  | { readonly kind: 'start' }
  /** A client connected; the engine numbers the connection and answers with an `accepted` effect. */
  | { readonly kind: 'accept'; readonly token: number; readonly endpoint: string }
  | { readonly kind: 'segment'; readonly connection: ConnectionNumber; readonly segment: Segment }
  | { readonly kind: 'end'; readonly connection: ConnectionNumber }
  /** The client reset its connection, or the adapter refused it. */
  | { readonly kind: 'reset'; readonly connection: ConnectionNumber }
  /** The client's kernel has taken this many units of the output, cumulative, the end not counted. */
  | { readonly kind: 'taken'; readonly connection: ConnectionNumber; readonly units: number }
  /** The client's connection is wholly closed. */
  | { readonly kind: 'closed'; readonly connection: ConnectionNumber }
  | { readonly kind: 'link-up'; readonly member: MemberName }
  /** The link broke, or could not be made (`refused`: at once). */
  | { readonly kind: 'link-down'; readonly member: MemberName }
  | { readonly kind: 'link-writable'; readonly member: MemberName; readonly writable: boolean }
  | { readonly kind: 'receive'; readonly member: MemberName; readonly messages: readonly MemberToClient[] }
  | { readonly kind: 'flush' }
  | { readonly kind: 'tick' };

export type ClientEffect =
  | { readonly kind: 'accepted'; readonly token: number; readonly connection: ConnectionNumber }
  /** Too many connections: reset this one at once. */
  | { readonly kind: 'reject'; readonly token: number }
  | { readonly kind: 'connect'; readonly member: MemberName }
  | { readonly kind: 'disconnect'; readonly member: MemberName }
  /** `commands` are encoded by the driver once; a resend is a new batch. */
  | {
      readonly kind: 'send';
      readonly member: MemberName;
      readonly message: Exclude<ClientToMember, { kind: 'commands' }>;
    }
  | { readonly kind: 'send-commands'; readonly member: MemberName; readonly entry: CommandsEntry }
  | { readonly kind: 'deliver'; readonly connection: ConnectionNumber; readonly segment: Segment }
  | { readonly kind: 'deliver-end'; readonly connection: ConnectionNumber }
  | { readonly kind: 'deliver-reset'; readonly connection: ConnectionNumber }
  /** Stop or go on reading from this client. */
  | { readonly kind: 'pause'; readonly connection: ConnectionNumber }
  | { readonly kind: 'resume'; readonly connection: ConnectionNumber }
  | Report;

/** Facts about a client interceptor that `lockstep status` shows. */
export interface ClientSnapshot {
  readonly state: 'stopped' | 'waiting' | 'connecting' | 'attaching' | 'attached';
  readonly member: MemberName | undefined;
  readonly epoch: Epoch;
  readonly view: View | undefined;
  /** No member could be attached to for too long: connections are refused. */
  readonly gaveUp: boolean;
  readonly connections: number;
  /** Requests that wait for the group or the service. */
  readonly waitingBytes: number;
}

/** One connection as the client engine has it, for checks. */
export interface ClientConnectionSnapshot {
  readonly connection: ConnectionNumber;
  /** Its number in the group, which differs from `connection` after an expiry. */
  readonly number: ConnectionNumber;
  readonly endpoint: string;
  /** How far the client has sent, the end counted. */
  readonly produced: Position;
  /** Everything before this is stable in the group. */
  readonly stable: Position;
  /** How far output has come, the end counted. */
  readonly received: Position;
  /** How far it has reached the client, the end counted. */
  readonly acknowledgeable: Position;
  readonly resetting: boolean;
  readonly paused: boolean;
}
