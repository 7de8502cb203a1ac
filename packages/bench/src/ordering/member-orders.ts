/** What the benchmark asks of one of our members, and what it answers, over the channel between the two processes. */
export type MemberOrder =
  /** Keep a window of entries in flight, and count. */
  | {
      readonly kind: 'full-window';
      readonly entryBytes: number;
      readonly windowEntries: number;
      readonly warmUpMs: number;
      readonly measureMs: number;
    }
  /** Submit one entry after the other, each when the one before is stable. */
  | {
      readonly kind: 'one-in-flight';
      readonly entryBytes: number;
      readonly warmUpMs: number;
      readonly measureMs: number;
    };

export type MemberAnswer =
  | { readonly kind: 'ready' }
  /** How many own entries became stable in one second. */
  | { readonly kind: 'full-window'; readonly entriesPerSecond: number }
  /** From the submission of an entry until it was stable: an encoded `Latency`. */
  | { readonly kind: 'one-in-flight'; readonly latency: string };
