import { type IncarnationId, type Logger, memberNameOf, type MemberName, type Milliseconds } from '@lockstep/contracts';
import type { FromClient, MemberToClient } from '../protocol/connections/client-link.js';
import { encodeClientMessage } from '../wire/client-message-codec.js';
import type { Hello, Refusal } from '../wire/hello.js';
import { cutMemberFrame } from '../wire/cut-frame.js';
import { decodeMemberMessage } from '../wire/member-message-codec.js';
import { dial, type DialOutcome } from './dial.js';
import type { EventCounters } from './event-counters.js';
import { type LocalIdentity, refuse } from './identity.js';
import { linkLimits } from './limits.js';
import { type Address, atCallbackEnd, formatAddress } from '@lockstep/sockets';
import type { LinkAddress } from './link-address.js';
import { MessageConnection, type MessageOptions } from './message-connection.js';

/** What a client interceptor's links to members tell. Calls come one at a time, never from inside a call into the links. */
export interface MemberDialerHandler {
  onMemberUp(member: MemberName): void;
  /** The link broke, or could not be made. Not told after `disconnect`. */
  onMemberDown(member: MemberName): void;
  /** Everything that one read brought in, at least one message. */
  onMemberMessages(member: MemberName, messages: readonly MemberToClient[]): void;
  /** Too many bytes wait to be sent to this member, or few again. */
  onMemberWritable(member: MemberName, writable: boolean): void;
}

export interface MemberDialerOptions {
  /** `identity` is the id of this client interceptor. */
  readonly own: LocalIdentity;
  readonly addresses: ReadonlyMap<MemberName, LinkAddress>;
  /** For the connection and the handshake together. */
  readonly connectTimeoutMs: Milliseconds;
  readonly logger: Logger;
  readonly counters: EventCounters;
}

type MemberLink = MessageConnection<MemberToClient>;

const memberMessages: MessageOptions<MemberToClient> = {
  decode: decodeMemberMessage,
  cut: cutMemberFrame,
  unsentBytesMax: linkLimits.clientUnsentBytesMax,
  unsentBytesHigh: linkLimits.clientUnsentBytesHigh,
};

/** A client interceptor's links to members, made and broken at its engine's word. */
export class MemberDialer {
  readonly #options: MemberDialerOptions;
  readonly #dials = new Map<MemberName, () => void>();
  readonly #links = new Map<MemberName, MemberLink>();
  #unflushed: MemberLink[] = [];
  #handler: MemberDialerHandler | undefined;

  constructor(options: MemberDialerOptions) {
    this.#options = options;
  }

  /** Sets who is told. Called once, before anything else. */
  bind(handler: MemberDialerHandler): void {
    this.#handler = handler;
  }

  /** Makes a link, once; what comes of it is told. A link to that member that is up or in the making is given up. */
  connect(member: MemberName): void {
    this.disconnect(member);
    const { own, addresses, connectTimeoutMs: timeoutMs, counters } = this.#options;
    const address = addresses.get(member);
    if (address === undefined) throw new RangeError(`no member named ${member} is configured`);
    const cancel = dial({
      address,
      own,
      role: 'client',
      judge: (theirs) => judgeMember(theirs, member, address),
      timeoutMs,
      counters,
      onDone: (outcome) => {
        this.#dials.delete(member);
        this.#conclude(member, address, outcome);
      },
    });
    this.#dials.set(member, cancel);
  }

  /** Closes the link, after everything sent so far; nothing more is told about it. */
  disconnect(member: MemberName): void {
    this.#dials.get(member)?.();
    this.#dials.delete(member);
    const link = this.#links.get(member);
    this.#links.delete(member);
    link?.end('not wanted any more');
  }

  /** Sends, once the present callback of the event loop returns. Ignored if there is no link. */
  send(member: MemberName, message: FromClient): void {
    const link = this.#links.get(member);
    if (link === undefined) return;
    const isFirst = !link.hasGathered;
    link.send(encodeClientMessage(message));
    if (!isFirst) return;
    if (this.#unflushed.length === 0) atCallbackEnd(this.#flush);
    this.#unflushed.push(link);
  }

  /** Closes all links; nothing more is told. */
  stop(): Promise<void> {
    this.#handler = undefined;
    for (const member of [...this.#dials.keys(), ...this.#links.keys()]) this.disconnect(member);
    return Promise.resolve();
  }

  #conclude(member: MemberName, address: Address, outcome: DialOutcome): void {
    if (outcome.kind === 'up') return this.#adopt(member, outcome);
    const { logger, counters } = this.#options;
    counters.increment(`member-dial-${outcome.kind}`);
    const fields = { event: 'member-dial', member, address: formatAddress(address), outcome: outcome.kind };
    if (outcome.kind === 'refused') logger.warn(fields, `No link with ${member}. ${outcome.refusal.sentence}`);
    else
      logger.debug(
        fields,
        `No link with ${member}: ${outcome.kind === 'failed' ? outcome.reason : 'nobody listens there'}`,
      );
    this.#handler?.onMemberDown(member);
  }

  #adopt(member: MemberName, { connection }: Extract<DialOutcome, { kind: 'up' }>): void {
    const { logger, counters } = this.#options;
    const isCurrent = (): boolean => this.#links.get(member) === link;
    const link: MemberLink = new MessageConnection(connection, memberMessages, {
      onMessages: (messages) => {
        if (isCurrent() && messages.length > 0) this.#handler?.onMemberMessages(member, messages);
      },
      onWritable: (writable) => isCurrent() && this.#handler?.onMemberWritable(member, writable),
      onClosed: (reason) => {
        if (!isCurrent()) return;
        counters.increment('member-link-down');
        logger.info({ event: 'member-link-down', member, reason }, `The link with ${member} is down: ${reason}`);
        this.#links.delete(member);
        this.#handler?.onMemberDown(member);
      },
    });
    this.#links.set(member, link);
    logger.info({ event: 'member-link-up', member }, `Linked with ${member}`);
    this.#handler?.onMemberUp(member);
  }

  readonly #flush = (): void => {
    const links = this.#unflushed;
    this.#unflushed = [];
    for (const link of links) link.flush();
  };
}

function judgeMember({ role, identity }: Hello, member: MemberName, address: Address): Refusal | undefined {
  if (role === 'member' && memberNameOf(identity as IncarnationId) === member) return undefined;
  return refuse(
    'unknown-member',
    `${formatAddress(address)} is configured as the link address of ${member}, but ${identity} answers there.`,
  );
}
