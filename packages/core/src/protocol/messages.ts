import type {
  Ballot,
  EntryRun,
  IncarnationId,
  MemberName,
  OrderNumber,
  View,
  ViewMember,
  ViewNumber,
} from '@lockstep/contracts';

/**
 * What members say to each other. A link delivers in order while it is up; when it breaks, what was in flight is lost,
 * and the two sides tell each other by `Status` where they stand (PROTOCOL.md, "Links").
 */
export type PeerMessage =
  | Status
  | Submit
  | Order
  | Receipt
  | Suspicion
  | Join
  | Ready
  | Leave
  | Prepare
  | PrepareRefused
  | PrepareAnswer
  | Entries
  | Accept
  | Accepted
  | Install
  | Excluded
  | Fetch
  | Genesis
  | GenesisAnswer;

/** The first message on a link that came up, and again after an installed view: where the sender stands. */
export interface Status {
  readonly kind: 'status';
  /** The genesis that the sender belongs to, or '' if it is blank. */
  readonly genesis: string;
  readonly view: ViewNumber;
  readonly received: OrderNumber;
  /** Number of submissions of the receiver that the sender, as sequencer, has put in order (or knows to be). */
  readonly submissions: number;
}

/** A member's own entries, on their way to the sequencer. */
export interface Submit {
  readonly kind: 'submit';
  readonly view: ViewNumber;
  readonly run: EntryRun;
}

/** The next entries of a view, from its sequencer to all members and learners. */
export interface Order {
  readonly kind: 'order';
  readonly view: ViewNumber;
  readonly first: OrderNumber;
  readonly runs: readonly EntryRun[];
  /** What the sequencer knows to be stable. */
  readonly stable: OrderNumber;
}

/** How far the sender has come, cumulative; also the heartbeat. */
export interface Receipt {
  readonly kind: 'receipt';
  readonly view: ViewNumber;
  readonly received: OrderNumber;
  readonly executed: OrderNumber;
  readonly stable: OrderNumber;
}

/** `by` suspects `targets`. Relayed once to the member that must act. An empty list withdraws. */
export interface Suspicion {
  readonly kind: 'suspicion';
  readonly view: ViewNumber;
  readonly by: IncarnationId;
  readonly targets: readonly IncarnationId[];
}

/** A blank process that found a group asks to become a learner. Repeated until a view lists it. */
export interface Join {
  readonly kind: 'join';
  readonly joiner: ViewMember;
}

/** A learner has executed nearly everything and asks to be promoted. */
export interface Ready {
  readonly kind: 'ready';
  readonly view: ViewNumber;
  readonly executed: OrderNumber;
  /** The members that the learner has a live link with; it is promoted only if that is all of them. */
  readonly linked: readonly IncarnationId[];
}

/** A member asks to be left out of the next view. */
export interface Leave {
  readonly kind: 'leave';
  readonly view: ViewNumber;
}

/** First phase of the view change that follows `view`. */
export interface Prepare {
  readonly kind: 'prepare';
  readonly view: ViewNumber;
  readonly ballot: Ballot;
}

/** The acceptor has promised a higher ballot. */
export interface PrepareRefused {
  readonly kind: 'prepare-refused';
  readonly view: ViewNumber;
  readonly ballot: Ballot;
  readonly promised: Ballot;
}

/** The promise: its sender has wedged. */
export interface PrepareAnswer {
  readonly kind: 'promise';
  readonly view: ViewNumber;
  readonly ballot: Ballot;
  /** The last order number that the sender has received in this view; final, since it has wedged. */
  readonly received: OrderNumber;
  /** What the sender has accepted before, with the ballot in which it did. The sender holds everything up to its end. */
  readonly accepted: { readonly ballot: Ballot; readonly value: ViewChange } | undefined;
}

/** What a view change decides. */
export interface ViewChange {
  readonly members: readonly ViewMember[];
  readonly learners: readonly ViewMember[];
  /** The last order number of the view that ends. */
  readonly end: OrderNumber;
}

/** Entries that the receiver lacks: pushed before an `Accept`, or the answer to a `Fetch`. */
export interface Entries {
  readonly kind: 'entries';
  readonly first: OrderNumber;
  readonly runs: readonly EntryRun[];
  /** The last order number of the whole answer: on its way, it may be cut into several messages. */
  readonly through: OrderNumber;
}

/** Second phase. The receiver accepts once it holds everything up to the end of the value. */
export interface Accept {
  readonly kind: 'accept';
  readonly view: ViewNumber;
  readonly ballot: Ballot;
  readonly value: ViewChange;
}

export interface Accepted {
  readonly kind: 'accepted';
  readonly view: ViewNumber;
  readonly ballot: Ballot;
}

/** The decision. The receiver installs the view once it holds everything up to `view.start`. */
export interface Install {
  readonly kind: 'install';
  readonly view: View;
}

/** The receiver's incarnation is outside the group, for good. */
export interface Excluded {
  readonly kind: 'excluded';
  readonly view: ViewNumber;
  readonly reason: string;
}

/** Asks for the entries `from` to `to` inclusive; answered by one or more `Entries`. Learners use their own connection. */
export interface Fetch {
  readonly kind: 'fetch';
  readonly from: OrderNumber;
  readonly to: OrderNumber;
}

/** The first configured member proposes the first view to all others, all of them blank. */
export interface Genesis {
  readonly kind: 'genesis';
  readonly view: View;
}

export interface GenesisAnswer {
  readonly kind: 'genesis-answer';
  readonly genesis: string;
}

/** Which connection of a link carries a message: history goes apart, so that it never holds up the order. */
export type Lane = 'main' | 'transfer';

export type { MemberName };
