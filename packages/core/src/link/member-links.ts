import { type IncarnationId, memberNameOf, type MemberName, type Milliseconds, type Logger } from '@lockstep/contracts';
import type { Lane, PeerMessage } from '../protocol/messages.js';
import { encodePeerMessage } from '../wire/encode-peer.js';
import type { Hello, LinkRole, Refusal } from '../wire/hello.js';
import type { EventCounters } from './event-counters.js';
import type { FrameConnection } from './frame-connection.js';
import { type LocalIdentity, refuse } from './identity.js';
import type { LinkAddress } from './link-address.js';
import type { LinkServer } from './link-server.js';
import type { MemberLinksHandler, PeerContext } from './peer-context.js';
import { PeerLink, settingsDiffer } from './peer-link.js';
import { SilenceWatch } from './silence-watch.js';
import { TransferLane } from './transfer-lane.js';

export interface MemberLinksOptions {
  /** `identity` is the incarnation of this member, `settings` the digest of the settings that all members share. */
  readonly own: LocalIdentity;
  /** The link address of every configured member; this member's own is passed over. */
  readonly addresses: ReadonlyMap<MemberName, LinkAddress>;
  /** A link that brings nothing for this long is broken and made anew. */
  readonly suspectAfterMs: Milliseconds;
  /** Where the others' links come in. */
  readonly server: LinkServer;
  readonly logger: Logger;
  readonly counters: EventCounters;
}

/** Both lanes to one configured member. */
interface Peer {
  readonly main: PeerLink;
  readonly transfer: TransferLane;
}

/** The links between this member and all others: one main link each, and a connection for state transfer when needed. */
export class MemberLinks {
  readonly #options: MemberLinksOptions;
  readonly #peers = new Map<MemberName, Peer>();
  /** Those that a main link is up with. */
  readonly #linked = new Map<IncarnationId, Peer>();
  /** Those that something was gathered for. */
  #unflushed: Peer[] = [];
  #silence: SilenceWatch | undefined;

  constructor(options: MemberLinksOptions) {
    this.#options = options;
    this.#serve('member', ({ main }, connection, theirs) => main.accept(connection, theirs));
    this.#serve('transfer', ({ transfer }, connection, theirs) => transfer.accept(connection, theirs));
    this.#serve('probe', ({ main }, connection) => {
      connection.end('answered');
      main.called();
    });
  }

  /** Begins to dial, and to take the others' links. Called once. */
  start(handler: MemberLinksHandler): void {
    const { own, addresses, suspectAfterMs, logger, counters } = this.#options;
    this.#silence = new SilenceWatch(suspectAfterMs);
    const context: PeerContext = {
      own,
      suspectAfterMs,
      handler: this.#noteLinked(handler),
      silence: this.#silence,
      logger,
      counters,
    };
    for (const [name, address] of addresses) {
      if (name === memberNameOf(own.identity as IncarnationId)) continue;
      const main = new PeerLink(name, address, context);
      const transfer = new TransferLane(address, context, (from, messages) => {
        // Without a main link, the layer above believes that it cannot hear this incarnation, and must not be confused.
        if (main.incarnation === from) handler.onReceive(from, messages);
        else counters.increment('transfer-without-link');
      });
      this.#peers.set(name, { main, transfer });
    }
    for (const { main } of this.#peers.values()) main.start();
  }

  /** Gathers a message for those that a link is up with; the others miss it. */
  send(to: readonly IncarnationId[], lane: Lane, message: PeerMessage): void {
    let pieces: readonly Uint8Array[] | undefined;
    for (const incarnation of to) {
      const peer = this.#linked.get(incarnation);
      if (peer === undefined) continue;
      pieces ??= encodePeerMessage(message);
      if (!this.#unflushed.includes(peer)) this.#unflushed.push(peer);
      if (lane === 'main') peer.main.send(pieces);
      else peer.transfer.send(incarnation, pieces);
    }
  }

  /** Ends the turn: gives what was gathered to the kernel, in one write for each link. */
  flush(): void {
    if (this.#unflushed.length === 0) return;
    const unflushed = this.#unflushed;
    this.#unflushed = [];
    for (const { main, transfer } of unflushed) {
      main.flush();
      transfer.flush();
    }
  }

  /** Closes the link with this incarnation, after everything sent so far. */
  disconnect(peer: IncarnationId): void {
    this.#linked.get(peer)?.main.disconnect();
  }

  /** Closes everything, after everything flushed so far; the handler is not called any more. */
  stop(): void {
    this.#silence?.stop();
    for (const { main, transfer } of this.#peers.values()) {
      main.stop();
      transfer.stop();
    }
    this.#peers.clear();
    this.#linked.clear();
  }

  #noteLinked(handler: MemberLinksHandler): MemberLinksHandler {
    return {
      onLinkUp: (peer) => {
        this.#linked.set(peer, this.#peers.get(memberNameOf(peer))!);
        handler.onLinkUp(peer);
      },
      onLinkDown: (peer) => {
        this.#linked.delete(peer);
        handler.onLinkDown(peer);
      },
      onGone: (peer) => handler.onGone(peer),
      onReceive: (peer, messages) => handler.onReceive(peer, messages),
    };
  }

  #serve(role: LinkRole, accept: (peer: Peer, connection: FrameConnection, theirs: Hello) => void): void {
    this.#options.server.serve(role, {
      judge: (theirs) => this.#judgeCaller(theirs),
      accept: (connection, theirs) => accept(this.#peerOf(theirs)!, connection, theirs),
    });
  }

  #peerOf(theirs: Hello): Peer | undefined {
    return this.#peers.get(memberNameOf(theirs.identity as IncarnationId));
  }

  #judgeCaller(theirs: Hello): Refusal | undefined {
    const { own } = this.#options;
    if (this.#peers.size === 0) return refuse('overloaded', `${own.identity} is not in service: try again later.`);
    const peer = this.#peerOf(theirs);
    if (peer === undefined) {
      return refuse(
        'unknown-member',
        `${own.identity} knows no other member of the name of ${theirs.identity}: give all hosts the same configuration.`,
      );
    }
    if (theirs.settings !== own.settings) return settingsDiffer;
    return theirs.role === 'member' ? peer.main.judgeCaller(theirs) : undefined;
  }
}
