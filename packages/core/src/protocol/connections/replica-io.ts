import type {
  ClientId,
  ConnectionNumber,
  Epoch,
  IncarnationId,
  Milliseconds,
  OrderNumber,
  Position,
  Segment,
  SubmissionNumber,
  View,
} from '@lockstep/contracts';
import type { Report } from '../member-io.js';
import type { ClientToMember, MemberToClient } from './client-link.js';
import type { Entry } from './entry.js';

/**
 * Names one virtual connection, the same on every replica: `<client>:<connection number>@<order number of its open>`. A
 * client interceptor that was expired counts its connections from 1 again, so the number alone would name two.
 */
export type ConnectionKey = string & { readonly __connectionKey: true };

/** How a replica is set up; the same on every member. */
export interface ReplicaSettings {
  /** The endpoints that a connection may be opened to. */
  readonly endpoints: readonly string[];
  /** Silence after which a client interceptor's link is given up. */
  readonly suspectAfterMs: Milliseconds;
  /** Longest silence that a replica keeps towards a client interceptor. At most half of `suspectAfterMs`. */
  readonly heartbeatMs: Milliseconds;
  /** Absence after which a client interceptor's connections are reset and it is forgotten. */
  readonly expireClientAfterMs: Milliseconds;
  /** Bytes of output in flight to the client on one connection, and cached before the service is no longer read. */
  readonly connectionWindowBytes: number;
  /** Cached output of all connections; beyond it the windows shrink to a fair share. */
  readonly processCacheBytes: number;
  /** Live connections of one client interceptor. */
  readonly maxConnections: number;
}

/** An entry in its place. `entry` is undefined where the bytes could not be decoded (counted, and ignored everywhere). */
export interface OrderedEntry {
  readonly order: OrderNumber;
  readonly sender: IncarnationId;
  readonly submission: SubmissionNumber;
  readonly entry: Entry | undefined;
}

/** Entries of the order that follow each other. They are made of their bytes no sooner than they are applied. */
export interface OrderedEntries {
  /** How many they are. */
  readonly length: number;
  /** All of them, in their order. Called in the order of these objects; called again, it returns the same. */
  read(): readonly OrderedEntry[];
}

/**
 * What the replica engine is told: by the group, by client interceptors, by the executor. A client interceptor has at
 * most one link to a replica; after a `close-client` effect nothing more is told about that link, not even its end.
 */
export type ReplicaInput =
  | { readonly kind: 'ordered'; readonly entries: OrderedEntries }
  | { readonly kind: 'stable'; readonly through: OrderNumber }
  | { readonly kind: 'view'; readonly view: View; readonly role: 'member' | 'learner' }
  /** The group engine takes submissions, or (false) asks to hold back. */
  | { readonly kind: 'writable'; readonly writable: boolean }
  /** Whether this member hears a quorum of the group; if not, clients are sent elsewhere. */
  | { readonly kind: 'quorum'; readonly heard: boolean }
  | { readonly kind: 'client-link-up'; readonly client: ClientId }
  | { readonly kind: 'client-link-down'; readonly client: ClientId }
  | { readonly kind: 'client-messages'; readonly client: ClientId; readonly messages: readonly ClientToMember[] }
  /** The link to this client interceptor has too many (or again few) bytes unsent. */
  | { readonly kind: 'client-link-writable'; readonly client: ClientId; readonly writable: boolean }
  /** Read from the service; `cause` is the last entry handed to the service before. */
  | {
      readonly kind: 'output';
      readonly connection: ConnectionKey;
      readonly segment: Segment;
      readonly cause: OrderNumber;
    }
  | { readonly kind: 'output-end'; readonly connection: ConnectionKey; readonly cause: OrderNumber }
  | { readonly kind: 'output-reset'; readonly connection: ConnectionKey; readonly cause: OrderNumber }
  /** The service has taken this many units of the connection's input, cumulative. */
  | { readonly kind: 'input-taken'; readonly connection: ConnectionKey; readonly units: number }
  /** This replica leaves the group: refuse new attachments and tell attached clients to go. */
  | { readonly kind: 'leaving' }
  | { readonly kind: 'flush' }
  | { readonly kind: 'tick' };

/** What the service is to be given, in order. `release`: forget the connection, both directions are over. */
export type ServiceOperation =
  | { readonly kind: 'open'; readonly connection: ConnectionKey; readonly endpoint: string }
  | { readonly kind: 'data'; readonly connection: ConnectionKey; readonly segment: Segment }
  | { readonly kind: 'end'; readonly connection: ConnectionKey }
  | { readonly kind: 'reset'; readonly connection: ConnectionKey }
  | { readonly kind: 'release'; readonly connection: ConnectionKey };

export type ReplicaEffect =
  /** Give this to the group, in the bytes that it came in, if there are any; otherwise the driver encodes it. */
  | { readonly kind: 'submit'; readonly entry: Entry; readonly encoded?: Uint8Array }
  /** Hand the operations of one entry to the service; also sent for entries without any, so that progress is seen. */
  | { readonly kind: 'execute'; readonly order: OrderNumber; readonly operations: readonly ServiceOperation[] }
  | { readonly kind: 'pause-output'; readonly connection: ConnectionKey }
  | { readonly kind: 'resume-output'; readonly connection: ConnectionKey }
  | { readonly kind: 'send-client'; readonly client: ClientId; readonly messages: readonly MemberToClient[] }
  /** Close the link to this client interceptor, after what was sent. */
  | { readonly kind: 'close-client'; readonly client: ClientId }
  /** Stop (true) or go on reading from all client links: the group's submission window is full. */
  | { readonly kind: 'hold-clients'; readonly hold: boolean }
  | Report;

/** Facts about a replica that `lockstep status` shows. */
export interface ReplicaSnapshot {
  readonly applied: OrderNumber;
  readonly stable: OrderNumber;
  /** Entries behind `applied` that are still to be applied. */
  readonly deferred: number;
  readonly clients: readonly { readonly id: ClientId; readonly epoch: number; readonly attached: boolean }[];
  readonly connections: number;
  readonly cacheBytes: number;
}

/** One live connection as a replica has it, for checks. */
export interface ReplicaConnectionSnapshot {
  readonly key: ConnectionKey;
  readonly client: ClientId;
  readonly epoch: Epoch;
  readonly connection: ConnectionNumber;
  readonly endpoint: string;
  /** Next expected position of the requests, the end counted. The same on every replica at the same order number. */
  readonly input: Position;
  readonly inputEnded: boolean;
  /** The client has acknowledged the output before this. The same on every replica at the same order number. */
  readonly acknowledged: Position;
  /** How far this replica's service has put out. */
  readonly produced: Position;
  readonly outputState: 'open' | 'ended' | 'reset';
  /** How far output has been sent in the present attachment, if it is with this replica. */
  readonly sent: Position;
  readonly cacheBytes: number;
  readonly paused: boolean;
}
