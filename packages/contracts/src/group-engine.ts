import type { IncarnationId, OrderNumber, SubmissionNumber, ViewNumber } from './identifiers.js';

/** Consecutive entries of one sender: the unit in which entries travel, are stored and are handed over. */
export interface EntryRun {
  readonly sender: IncarnationId;
  /** The submission number of the first entry; the others follow without a gap. */
  readonly firstSubmission: SubmissionNumber;
  /** The length of each entry in bytes; their number is the number of entries. Never empty. */
  readonly lengths: readonly number[];
  /** All entries, one behind the other. Read-only: it is shared with the log and with other members' buffers. */
  readonly payload: Uint8Array;
}

/** Entries in their final places: the first has order number `first`, the others follow without a gap. */
export interface OrderedRuns {
  readonly first: OrderNumber;
  readonly runs: readonly EntryRun[];
}

/** One member of a view. */
export interface ViewMember {
  readonly incarnation: IncarnationId;
  /** A witness votes and stores; it has no service and no clients. */
  readonly witness: boolean;
}

/** A numbered list of members in rank order; rank 0 is the sequencer. */
export interface View {
  /** Which life of the group this view belongs to; two geneses never share one. */
  readonly genesis: string;
  readonly number: ViewNumber;
  readonly members: readonly ViewMember[];
  /** Members-to-be: they receive the order, and neither vote nor count. */
  readonly learners: readonly ViewMember[];
  /** The last order number of the view before; this view's first entry is the next one. */
  readonly start: OrderNumber;
}

/** What a group engine tells. Calls come one at a time, never from inside a call into the engine. */
export interface GroupHandler {
  /** The next entries of the total order, without gap or repetition. They may be executed now. */
  onOrdered(ordered: OrderedRuns): void;
  /** Everything up to `through` survives the loss of any minority: what it caused may be shown outside. Only grows. */
  onStable(through: OrderNumber): void;
  /**
   * A view was installed, after everything ordered in the views before was handed over.
   *
   * @param role what this process is in the view
   */
  onView(view: View, role: 'member' | 'learner'): void;
  /** Whether `submit` should be called: false when too much is waiting to be ordered. */
  onWritable(writable: boolean): void;
  /**
   * Whether this member hears enough of the others to decide anything with them; it does until this says otherwise. While it
   * does not, nothing becomes stable here, and the others may go on without it: clients are better off elsewhere.
   */
  onQuorum(heard: boolean): void;
  /** This incarnation is outside the group, for good: nothing more is handed over. */
  onExcluded(reason: string): void;
}

/** Virtually synchronous total order with stability: the contract that any engine fulfils. */
export interface GroupEngine {
  /** Joins (or forms) the group; returns at once, `onView` tells when it is done. */
  start(handler: GroupHandler): Promise<void>;
  /**
   * Submits one entry. It appears in the order exactly once if this incarnation stays in the group; entries of one
   * incarnation appear in the order of their submission. The buffer belongs to the engine from here on.
   */
  submit(entry: Uint8Array): void;
  /** Says how far the layer above has executed; used for flow control, and to tell when a learner has caught up. */
  executed(through: OrderNumber): void;
  /** Leaves gracefully: resolves when the group goes on without this member, or after a bounded time. */
  leave(): Promise<void>;
  /** Frees everything at once. */
  stop(): Promise<void>;
}
