import type { ClientId, Epoch, IncarnationId, Segment } from '@lockstep/contracts';
import type { ServiceOperation } from './replica-io.js';
import type { ClientRecord, ConnectionRecord } from './table-records.js';

/** What one entry has done to the table. The same on every replica. */
export interface TableChange {
  readonly operations: readonly ServiceOperation[];
  readonly events: readonly TableEvent[];
}

/** What a replica acts on, each in its own part: caches, attachments, expiry. */
export type TableEvent =
  | { readonly kind: 'opened'; readonly connection: ConnectionRecord }
  /** The service is given this. */
  | { readonly kind: 'given'; readonly connection: ConnectionRecord; readonly segment: Segment }
  /** The acknowledged position has moved on. */
  | { readonly kind: 'acknowledged'; readonly connection: ConnectionRecord }
  /** The connection is forgotten. */
  | { readonly kind: 'closed'; readonly connection: ConnectionRecord }
  | { readonly kind: 'attached'; readonly record: ClientRecord; readonly previous: Attachee | undefined }
  /** The attachment has no effect: its epoch is over (`superseded`), or the group has forgotten the client (`expired`). */
  | { readonly kind: 'not-attached'; readonly attachee: Attachee; readonly reason: 'superseded' | 'expired' }
  /** A batch of commands of the present epoch was applied. */
  | { readonly kind: 'batch'; readonly record: ClientRecord }
  | { readonly kind: 'detached'; readonly record: ClientRecord }
  /** The client is forgotten: by an `expire` entry, or because it was faulty. */
  | { readonly kind: 'expired'; readonly attachee: Attachee; readonly fault: string | undefined }
  /** The entry has no effect; the reason is for the log. */
  | { readonly kind: 'ignored'; readonly reason: string };

/** Names an attachment. */
export interface Attachee {
  readonly client: ClientId;
  readonly epoch: Epoch;
  readonly member: IncarnationId;
}
