import type { IncarnationId, Logger, Milliseconds } from '@lockstep/contracts';
import type { PeerMessage } from '../protocol/messages.js';
import { decodePeerMessage } from '../wire/decode-peer.js';
import type { EventCounters } from './event-counters.js';
import type { LocalIdentity } from './identity.js';
import { linkLimits } from './limits.js';
import type { MessageOptions } from './message-connection.js';
import type { SilenceWatch } from './silence-watch.js';

/** What the links between members tell. Calls come one at a time, never from inside a call into the links. */
export interface MemberLinksHandler {
  /** A link to this incarnation is up. There is one at a time for each configured member. */
  onLinkUp(peer: IncarnationId): void;
  onLinkDown(peer: IncarnationId): void;
  /**
   * Proof that the incarnation is gone: its address refuses connections, or another incarnation answers there. Its link is
   * down.
   */
  onGone(peer: IncarnationId): void;
  /** Everything that one read brought in. Nothing, if it brought a part of a frame: a sign of life all the same. */
  onReceive(peer: IncarnationId, messages: readonly PeerMessage[]): void;
}

/** What the links to all members share. */
export interface PeerContext {
  /** `identity` is the incarnation of this member. */
  readonly own: LocalIdentity;
  readonly suspectAfterMs: Milliseconds;
  readonly handler: MemberLinksHandler;
  readonly silence: SilenceWatch;
  readonly logger: Logger;
  readonly counters: EventCounters;
}

/** The messages of either lane. Nobody asks whether a member's link is writable: the order's window bounds what waits. */
export const peerMessages: MessageOptions<PeerMessage> = {
  decode: decodePeerMessage,
  unsentBytesMax: linkLimits.peerUnsentBytesMax,
  unsentBytesHigh: Infinity,
};
