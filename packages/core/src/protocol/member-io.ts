import type {
  IncarnationId,
  MemberName,
  Milliseconds,
  OrderNumber,
  OrderedRuns,
  View,
  ViewMember,
} from '@lockstep/contracts';
import type { Lane, PeerMessage } from './messages.js';

/** How a group is set up; the same on every member. */
export interface GroupSettings {
  /** Every configured member, in the order of the configuration. */
  readonly members: readonly { readonly name: MemberName; readonly witness: boolean }[];
  readonly timing: GroupTiming;
  /** Whether a fence command is configured; then exactly half of a view goes on only after fencing the others. */
  readonly fence: boolean;
  /** Total size in bytes of the entries that may be kept for joiners. */
  readonly historyBytesMax: number;
}

/** All in milliseconds. */
export interface GroupTiming {
  /** Silence after which a member is suspected. */
  readonly suspectAfterMs: Milliseconds;
  /** Longest silence that a member keeps itself. */
  readonly heartbeatMs: Milliseconds;
  /** How long one member may block the window that all share before it is excluded. */
  readonly laggardAfterMs: Milliseconds;
}

/** What happened outside. One input carries everything that one read brought in. */
export type MemberInput =
  /** `bootstrap`: form the first view alone, at the operator's word. */
  | { readonly kind: 'start'; readonly bootstrap: boolean }
  /** A link to this incarnation is up, handshake done. */
  | { readonly kind: 'link-up'; readonly peer: IncarnationId }
  | { readonly kind: 'link-down'; readonly peer: IncarnationId }
  /** Proof that the incarnation is gone: its address refuses connections, or another incarnation answers there. */
  | { readonly kind: 'gone'; readonly peer: IncarnationId }
  | { readonly kind: 'receive'; readonly peer: IncarnationId; readonly messages: readonly PeerMessage[] }
  | { readonly kind: 'submit'; readonly entries: readonly Uint8Array[] }
  /** How far the layer above has executed. */
  | { readonly kind: 'executed'; readonly through: OrderNumber }
  | { readonly kind: 'leave' }
  /** The fence command for this incarnation ended. */
  | { readonly kind: 'fenced'; readonly target: IncarnationId; readonly succeeded: boolean }
  /** The turn of the event loop ends: send what has gathered. */
  | { readonly kind: 'flush' }
  /** The deadline has come (or just time has passed). */
  | { readonly kind: 'tick' };

/** What to do outside, strictly in list order. */
export type MemberEffect =
  | { readonly kind: 'send'; readonly to: readonly IncarnationId[]; readonly lane: Lane; readonly message: PeerMessage }
  /** Hand these to the layer above: they may be executed. */
  | { readonly kind: 'ordered'; readonly ordered: OrderedRuns }
  | { readonly kind: 'stable'; readonly through: OrderNumber }
  | { readonly kind: 'view'; readonly view: View; readonly role: 'member' | 'learner' }
  | { readonly kind: 'writable'; readonly writable: boolean }
  /** Whether the members that this one does not suspect are a quorum with it; said when that changes. */
  | { readonly kind: 'quorum'; readonly heard: boolean }
  /** Run the fence command for this incarnation and answer with a `fenced` input. */
  | { readonly kind: 'fence'; readonly target: IncarnationId }
  /** This incarnation is out, for good; `left` if it asked for it. */
  | { readonly kind: 'excluded'; readonly reason: string; readonly left: boolean }
  /** The link of this incarnation is of no more use (it is outside the group). */
  | { readonly kind: 'disconnect'; readonly peer: IncarnationId }
  | Report;

/** Something that people want to know. The driver logs and counts it. */
export interface Report {
  readonly kind: 'report';
  readonly level: 'debug' | 'info' | 'warn';
  /** A stable name for counters, for example `suspect` or `drop-old-view`. */
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** Facts about a member that `lockstep status` shows. */
export interface MemberSnapshot {
  readonly state: 'blank' | 'joining' | 'learner' | 'member' | 'stopped';
  readonly incarnation: IncarnationId;
  readonly view: View | undefined;
  readonly rank: number | undefined;
  readonly ordered: OrderNumber;
  /** As `ordered`, or beyond it: with what is staged behind it for a view change. */
  readonly held: OrderNumber;
  readonly stable: OrderNumber;
  readonly executed: OrderNumber;
  readonly historyBytes: number;
  readonly wedged: boolean;
  readonly suspects: readonly IncarnationId[];
}

export type { ViewMember };
