import type { Logger } from '@lockstep/contracts';
import type { Hello, LinkRole, Refusal } from '../wire/hello.js';
import { encodeHandshake } from '../wire/handshake-codec.js';
import type { EventCounters } from './event-counters.js';
import { FrameConnection } from './frame-connection.js';
import { Handshake, type HandshakeOutcome } from './handshake.js';
import { judgeHello, type LocalIdentity, makeHello, refuse } from './identity.js';
import { linkLimits } from './limits.js';
import type { Address, ByteSocket } from '@lockstep/sockets';
import type { LinkAddress } from './link-address.js';
import { type LinkListener, listenForLinks } from './transport.js';

/** Takes the links of one role. */
export interface LinkAcceptor {
  /** Says what is wrong with who wants such a link. */
  judge(theirs: Hello): Refusal | undefined;
  /** The link is up; the connection is the acceptor's from here on, and it sets its handler at once. */
  accept(connection: FrameConnection, theirs: Hello): void;
}

export interface LinkServerOptions {
  readonly address: LinkAddress;
  readonly own: LocalIdentity;
  /** Whose address this is, for errors: `replica a`. */
  readonly purpose: string;
  readonly logger: Logger;
  readonly counters: EventCounters;
}

/** A member's one listening address: shakes hands with whoever comes, and hands the links to those who serve them. */
export class LinkServer {
  readonly #options: LinkServerOptions;
  readonly #acceptors = new Map<LinkRole, LinkAcceptor>();
  readonly #shakingHands = new Set<FrameConnection>();
  #listener: LinkListener | undefined;

  constructor(options: LinkServerOptions) {
    this.#options = options;
  }

  /** Says who takes the links of a role. Links of a role without anybody are refused. Called before `listen`. */
  serve(role: LinkRole, acceptor: LinkAcceptor): void {
    this.#acceptors.set(role, acceptor);
  }

  /**
   * Starts to accept links.
   *
   * @returns the address really listened on; shows the port that 0 became
   * @throws LockstepError `ERR_LOCKSTEP_ADDRESS_IN_USE` or `ERR_LOCKSTEP_LISTEN`
   */
  async listen(): Promise<Address> {
    const { address, purpose, logger } = this.#options;
    this.#listener = await listenForLinks(address, purpose, {
      onSocket: (socket) => this.#accept(socket),
      // Out of descriptors, for example: who is here stays, who comes is turned away by the operating system.
      onError: (error) =>
        logger.error({ event: 'link-accept-failed', error: error.message }, 'Links cannot be accepted at the moment'),
    });
    return this.#listener.bound;
  }

  /** Stops listening; links that are up live on. Resolves when the address is free. */
  async close(): Promise<void> {
    const listener = this.#listener;
    if (listener === undefined) return;
    this.#listener = undefined;
    for (const connection of this.#shakingHands) connection.destroy('stopped');
    listener.close();
    await new Promise(setImmediate);
  }

  #accept(socket: ByteSocket): void {
    const { own, counters } = this.#options;
    counters.increment('link-accepted');
    const connection = new FrameConnection(socket, counters);
    if (this.#shakingHands.size >= linkLimits.handshakesMax) {
      counters.increment('link-refused-overloaded');
      connection.send(encodeHandshake(overloaded));
      return connection.end('overloaded');
    }
    const from = connection.remoteAddress;
    this.#shakingHands.add(connection);
    new Handshake(connection, {
      hello: makeHello(own, 'member'),
      judge: (theirs) => judgeHello(own, theirs) ?? this.#judge(theirs),
      timeoutMs: linkLimits.handshakeTimeoutMs,
      onDone: (outcome) => {
        this.#shakingHands.delete(connection);
        this.#finish(connection, outcome, from);
      },
    });
  }

  #judge(theirs: Hello): Refusal | undefined {
    const acceptor = theirs.role && this.#acceptors.get(theirs.role);
    if (acceptor !== undefined) return acceptor.judge(theirs);
    return refuse(
      'role',
      `This member takes no ${theirs.role ?? 'such'} links: check which address is configured for what.`,
    );
  }

  #finish(connection: FrameConnection, outcome: HandshakeOutcome, from: string | undefined): void {
    const { logger, counters } = this.#options;
    switch (outcome.kind) {
      case 'up':
        this.#acceptors.get(outcome.theirs.role!)!.accept(connection, outcome.theirs);
        return;
      case 'refused': {
        const { by, refusal, theirs } = outcome;
        counters.increment(`link-refused-${refusal.code}`);
        const fields = {
          event: 'link-refused',
          by,
          from,
          code: refusal.code,
          identity: theirs?.identity,
          pid: theirs?.pid,
        };
        logger.warn(fields, `A link was refused${by === 'them' ? ' by the other side' : ''}. ${refusal.sentence}`);
        return;
      }
      case 'failed':
        counters.increment('link-handshake-failed');
        logger.debug(
          { event: 'link-handshake-failed', from, reason: outcome.reason },
          'A connection did not become a link',
        );
        return;
    }
  }
}

const overloaded = refuse('overloaded', 'Too many connections are being made to this member: try again later.');
