/** Branded primitives: a view number is not an order number is not a position, and the compiler knows it. */

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The configured name of a replica or witness, as written in the configuration (`a`, `b`, `kv-1`). */
export type MemberName = Brand<string, 'MemberName'>;

/** One run of one process: `<member name>/<nonce>`. A restarted process is another incarnation. */
export type IncarnationId = Brand<string, 'IncarnationId'>;

/** The number of a view, from 1; 0 stands for "no view yet". Only grows. */
export type ViewNumber = Brand<number, 'ViewNumber'>;

/** A place in the one total order, from 1, consecutive, never reused; 0 stands for "before the first entry". */
export type OrderNumber = Brand<number, 'OrderNumber'>;

/** Counts the entries that one incarnation has submitted, from 1. */
export type SubmissionNumber = Brand<number, 'SubmissionNumber'>;

/** A ballot of one view change: larger ballots win; two proposers never share one. */
export type Ballot = Brand<number, 'Ballot'>;

/** One run of one client interceptor. */
export type ClientId = Brand<string, 'ClientId'>;

/** Counts the attachments of one client interceptor, from 1; frames of an older epoch are dropped. */
export type Epoch = Brand<number, 'Epoch'>;

/** Numbers the connections of one client interceptor, from 1, consecutive in the order of their opening. */
export type ConnectionNumber = Brand<number, 'ConnectionNumber'>;

/** Where a segment starts in its direction of a virtual connection, counted in the adapter's units, from 0. */
export type Position = Brand<number, 'Position'>;

/** Milliseconds on a monotonic clock with an arbitrary origin. Never the time of day. */
export type Milliseconds = number;

/** The member name that an incarnation belongs to. */
export function memberNameOf(incarnation: IncarnationId): MemberName {
  return incarnation.slice(0, incarnation.lastIndexOf('/')) as MemberName;
}
