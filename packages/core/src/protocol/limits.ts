import { invariant } from './invariant.js';

/** Every bound of the group protocol, in one place. Bytes are payload bytes. */
export const limits = {
  /** Largest single entry. Client interceptors cut their batches to fit. */
  entryBytesMax: 256 * 1024,
  /** Own entries that wait to be ordered before the layer above is asked to hold back. */
  submissionBytesMax: 8 * 1024 * 1024,
  submissionEntriesMax: 64 * 1024,
  /** How far the order may run ahead of the slowest member's receipt. */
  windowBytesMax: 16 * 1024 * 1024,
  windowEntriesMax: 256 * 1024,
  /** How far the order may run ahead of the slowest member's execution. */
  executionEntriesMax: 64 * 1024,
  /**
   * A receipt goes out before its entries are handed over; then the next ones wait for their turn to end for this long, in
   * milliseconds, because where entries come thick and fast, one receipt says it all.
   */
  receiptPauseMs: 0.25,
  /** A receipt goes to all, also to those who do not wait for it, when so much has come since: they keep what others may lack. */
  untoldBytesMax: 1024 * 1024,
  /**
   * How long the sequencer may keep the order back from members whose receipt nobody waits for, in milliseconds: until the
   * first turn after `trailingMs`, at most for `trailingMsMax`, and as long as it is less than so many bytes.
   */
  trailingMs: 15,
  trailingMsMax: 20,
  trailingBytesMax: 64 * 1024,
  /** The same, where those whose receipts are waited for do not answer, or where clients may wait. */
  hurriedMs: 2,
  hurriedMsMax: 5,
  /** A member that has submitted something within so many milliseconds has clients. */
  servingMs: 1000,
  /** What a run in the log costs beside its payload until it is packed, roughly. */
  runOverheadBytes: 400,
  /** An entry, or a run, of so many bytes is not copied to be put together with others. */
  keptRunBytesMin: 8 * 1024,
  /** Settled history is packed when it is this much, */
  packedBytesMin: 256 * 1024,
  /** or this many runs. */
  packedRunsMin: 512,
  /** Most bytes of one `Entries` answer; a larger range is asked for again. */
  fetchBytesMax: 1024 * 1024,
  /** A learner is promoted when it has at most this many stable entries left to execute. */
  promotionLagEntriesMax: 1024,
  /** Members of a view, and learners beside them. */
  membersMax: 9,
} as const;

invariant(limits.entryBytesMax < limits.fetchBytesMax, 'an entry fits into one answer to a fetch');
invariant(limits.fetchBytesMax < limits.windowBytesMax, 'the window holds several answers');
invariant(limits.submissionBytesMax <= limits.windowBytesMax, 'what one member may submit fits into the window');
invariant(
  limits.promotionLagEntriesMax < limits.executionEntriesMax,
  'a promoted learner does not block the order at once',
);
