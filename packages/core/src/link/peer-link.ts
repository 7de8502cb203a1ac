import { type IncarnationId, memberNameOf, type MemberName } from '@lockstep/contracts';
import type { PeerMessage } from '../protocol/messages.js';
import type { Hello, Refusal } from '../wire/hello.js';
import { BackOff } from './back-off.js';
import { dial, type DialOutcome } from './dial.js';
import type { FrameConnection } from './frame-connection.js';
import { refuse } from './identity.js';
import { linkLimits } from './limits.js';
import { type Address, formatAddress } from '@lockstep/sockets';
import { MessageConnection } from './message-connection.js';
import { type PeerContext, peerMessages } from './peer-context.js';

interface Main {
  readonly incarnation: IncarnationId;
  readonly connection: MessageConnection<PeerMessage>;
}

/**
 * The one main link to one configured member, whichever incarnation of it lives. One side dials, the other accepts; both
 * look at once what has become of the other when the link breaks: whoever answers at its address, or that nobody does.
 */
export class PeerLink {
  readonly name: MemberName;
  readonly #address: Address;
  /** Whether this side makes the link; the other one only looks who answers. */
  readonly #dials: boolean;
  readonly #context: PeerContext;
  readonly #backOff = new BackOff();
  #main: Main | undefined;
  #linkedAt = 0;
  /** The incarnation whose link broke, or is contested, and of which it is not known whether it lives. */
  #missing: IncarnationId | undefined;
  #cancelDial: (() => void) | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #lastTrouble = '';
  #stopped = false;

  constructor(name: MemberName, address: Address, context: PeerContext) {
    this.name = name;
    this.#address = address;
    this.#context = context;
    this.#dials = memberNameOf(context.own.identity as IncarnationId) < name;
  }

  /** The incarnation that the link is up with. */
  get incarnation(): IncarnationId | undefined {
    return this.#main?.incarnation;
  }

  /** Dials; or calls, so that the side that dials knows that we are here and need not wait for its next attempt. */
  start(): void {
    this.#seek();
  }

  send(pieces: readonly Uint8Array[]): void {
    this.#main?.connection.send(pieces);
  }

  flush(): void {
    this.#main?.connection.flush();
  }

  /** Closes the link after everything sent so far. */
  disconnect(): void {
    this.#main?.connection.end('the group does without it');
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    this.#cancelDial?.();
    this.#main?.connection.end('stopped');
    this.#main = undefined;
  }

  /** The other side looked who answers here, so it is there: no need to wait before the next attempt. */
  called(): void {
    if (this.#main !== undefined || !this.#dials) return;
    this.#backOff.reset();
    this.#seek();
  }

  /** Says what is wrong with a link that the other side wants to make. */
  judgeCaller(theirs: Hello): Refusal | undefined {
    if (this.#dials) {
      return refuse('role', `The member whose name sorts first makes the link, and that is not ${theirs.identity}.`);
    }
    const linked = this.incarnation;
    if (linked === undefined || linked === theirs.identity) return undefined;
    // The configured address decides whose the name is; a caller may be a stray process on another host.
    this.#missing = linked;
    this.#seek();
    return refuse(
      'name-taken',
      `${linked} is linked as ${this.name}: if it is gone, the next attempt succeeds; if not, stop one of the two.`,
    );
  }

  /** The other side has made the link. */
  accept(connection: FrameConnection, theirs: Hello): void {
    this.#adopt(connection, theirs.identity as IncarnationId);
    if (this.#missing !== undefined) this.#seek();
  }

  /** Looks who answers at the other's address, and makes the link if that is this side's part. */
  #seek(): void {
    clearTimeout(this.#retryTimer);
    if (this.#stopped || this.#cancelDial !== undefined) return;
    const wantsLink = this.#dials && this.#main === undefined;
    const { own, counters, suspectAfterMs } = this.#context;
    this.#cancelDial = dial({
      address: this.#address,
      own,
      role: wantsLink ? 'member' : 'probe',
      judge: (theirs) => this.#judgeAnswer(theirs),
      timeoutMs: suspectAfterMs,
      counters,
      onDone: (outcome) => {
        this.#cancelDial = undefined;
        this.#conclude(outcome, wantsLink);
      },
    });
  }

  #judgeAnswer(theirs: Hello): Refusal | undefined {
    const { own } = this.#context;
    if (theirs.role !== 'member' || memberNameOf(theirs.identity as IncarnationId) !== this.name) {
      return refuse(
        'unknown-member',
        `${formatAddress(this.#address)} is configured as the link address of ${this.name}, but ${theirs.identity} answers there.`,
      );
    }
    return theirs.settings === own.settings ? undefined : settingsDiffer;
  }

  #conclude(outcome: DialOutcome, wantsLink: boolean): void {
    switch (outcome.kind) {
      case 'up': {
        const incarnation = outcome.theirs.identity as IncarnationId;
        this.#answered(incarnation);
        if (wantsLink) this.#adopt(outcome.connection, incarnation);
        else outcome.connection.end('it answers');
        break;
      }
      case 'nobody':
        if (this.#missing !== undefined && this.#missing !== this.incarnation) this.#declareGone(this.#missing);
        this.#trouble('nobody listens there');
        break;
      case 'refused':
        if (outcome.by === 'them' && outcome.theirs?.identity) this.#answered(outcome.theirs.identity as IncarnationId);
        this.#troubleWithRefusal(outcome);
        break;
      case 'failed':
        this.#trouble(outcome.reason);
        break;
    }
    this.#seekAgain();
  }

  /** Goes on looking while there is something to find out or a link to be made. */
  #seekAgain(): void {
    const hasReason = this.#missing !== undefined || (this.#dials && this.#main === undefined);
    if (this.#stopped || !hasReason) return;
    const pauseMs = this.#backOff.next();
    if (pauseMs === 0) return this.#seek();
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#seek(), pauseMs);
  }

  /** This incarnation answers at the configured address: any other one of the name is gone. */
  #answered(incarnation: IncarnationId): void {
    if (this.#missing === undefined) return;
    if (this.#missing !== incarnation) this.#declareGone(this.#missing);
    else if (this.incarnation === incarnation) this.#missing = undefined;
  }

  #declareGone(incarnation: IncarnationId): void {
    this.#missing = undefined;
    if (this.incarnation === incarnation) this.#drop('another incarnation answers at its address');
    this.#context.counters.increment('peer-gone');
    this.#context.handler.onGone(incarnation);
  }

  #adopt(connection: FrameConnection, incarnation: IncarnationId): void {
    const { handler, logger, silence } = this.#context;
    this.#drop('replaced by a newer link');
    if (this.#missing === incarnation) this.#missing = undefined;
    const isCurrent = (): boolean => this.#main?.connection === main;
    const main: MessageConnection<PeerMessage> = new MessageConnection(connection, peerMessages, {
      onMessages: (messages) => isCurrent() && handler.onReceive(incarnation, messages),
      onWritable: () => undefined,
      onClosed: (reason) => isCurrent() && this.#broke(reason),
    });
    this.#main = { incarnation, connection: main };
    this.#linkedAt = performance.now();
    this.#lastTrouble = '';
    silence.watch(connection);
    logger.info({ event: 'link-up', peer: incarnation }, `Linked with ${incarnation}`);
    handler.onLinkUp(incarnation);
  }

  /** The link is of no use any more; what is in flight is lost. */
  #drop(reason: string): void {
    const main = this.#main;
    if (main === undefined) return;
    this.#main = undefined;
    main.connection.end(reason);
    this.#tellDown(main.incarnation, reason);
  }

  #broke(reason: string): void {
    const incarnation = this.incarnation!;
    this.#main = undefined;
    this.#missing = incarnation;
    this.#tellDown(incarnation, reason);
    if (performance.now() - this.#linkedAt >= linkLimits.settledAfterMs) this.#backOff.reset();
    this.#seekAgain();
  }

  #tellDown(incarnation: IncarnationId, reason: string): void {
    const { handler, logger, counters } = this.#context;
    counters.increment('link-down');
    logger.info({ event: 'link-down', peer: incarnation, reason }, `The link with ${incarnation} is down: ${reason}`);
    handler.onLinkDown(incarnation);
  }

  #troubleWithRefusal({ refusal, by }: Extract<DialOutcome, { kind: 'refused' }>): void {
    this.#context.counters.increment(`link-refused-${refusal.code}`);
    this.#trouble(`${by === 'them' ? `${this.name} refuses the link. ` : ''}${refusal.sentence}`, 'warn');
  }

  /** Logs what is wrong once, not at every attempt. */
  #trouble(reason: string, level: 'info' | 'warn' = 'info'): void {
    const isNews = reason !== this.#lastTrouble;
    this.#lastTrouble = reason;
    this.#context.logger[isNews ? level : 'debug'](
      { event: 'link-trouble', peer: this.name, address: formatAddress(this.#address) },
      `No link with ${this.name} at ${formatAddress(this.#address)}: ${reason}`,
    );
  }
}

/** Members that disagree about who they are cannot decide anything together. */
export const settingsDiffer = refuse(
  'settings',
  'The two sides are configured with different replicas, witnesses, orders of them, or only one with a fence: ' +
    'give all hosts the same configuration, and restart the one that was changed.',
);
