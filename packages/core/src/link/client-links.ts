import type { ClientId, Logger, Milliseconds } from '@lockstep/contracts';
import { atCallbackEnd } from '@lockstep/sockets';
import type { ClientToMember, MemberToClient } from '../protocol/connections/client-link.js';
import { cutClientFrame } from '../wire/cut-frame.js';
import { decodeClientMessage } from '../wire/client-message-codec.js';
import type { Hello, Refusal } from '../wire/hello.js';
import { encodeMemberMessage } from '../wire/member-message-codec.js';
import type { EventCounters } from './event-counters.js';
import type { FrameConnection } from './frame-connection.js';
import { refuse } from './identity.js';
import { linkLimits } from './limits.js';
import type { LinkServer } from './link-server.js';
import { MessageConnection, type MessageOptions } from './message-connection.js';
import { SilenceWatch } from './silence-watch.js';

/** What a member's links to client interceptors tell. Calls come one at a time, never from inside a call into the links. */
export interface ClientLinksHandler {
  onClientUp(client: ClientId): void;
  /** The link broke, or was replaced by a newer one of the same client interceptor. Not told after `close`. */
  onClientDown(client: ClientId): void;
  /** Everything that one read brought in, at least one message. */
  onClientMessages(client: ClientId, messages: readonly ClientToMember[]): void;
  /** Too many bytes wait to be sent to this client interceptor, or few again. */
  onClientWritable(client: ClientId, writable: boolean): void;
}

export interface ClientLinksOptions {
  readonly server: LinkServer;
  /** A link that brings nothing for this long is broken; client interceptors send heartbeats far more often. */
  readonly silenceMs: Milliseconds;
  readonly logger: Logger;
  readonly counters: EventCounters;
}

type ClientLink = MessageConnection<ClientToMember>;

/** A member's links to client interceptors: one each, the newest. */
export class ClientLinks {
  readonly #options: ClientLinksOptions;
  readonly #links = new Map<ClientId, ClientLink>();
  #unflushed: ClientLink[] = [];
  readonly #silence: SilenceWatch;
  #handler: ClientLinksHandler | undefined;
  #held = false;

  constructor(options: ClientLinksOptions) {
    this.#options = options;
    this.#silence = new SilenceWatch(options.silenceMs);
    options.server.serve('client', {
      judge: (theirs) => this.#judge(theirs),
      accept: (connection, theirs) => this.#accept(connection, theirs.identity as ClientId),
    });
  }

  /** Sets who is told, and begins to take links. */
  bind(handler: ClientLinksHandler): void {
    this.#handler = handler;
  }

  /** Sends, once the present callback of the event loop returns. Ignored if there is no link. */
  send(client: ClientId, messages: readonly MemberToClient[]): void {
    const link = this.#links.get(client);
    if (link === undefined) return;
    const isFirst = !link.hasGathered;
    for (const message of messages) link.send(encodeMemberMessage(message));
    if (!isFirst) return;
    if (this.#unflushed.length === 0) atCallbackEnd(this.#flush);
    this.#unflushed.push(link);
  }

  /** Closes the link, after everything sent so far; nothing more is told about it. */
  close(client: ClientId): void {
    const link = this.#links.get(client);
    this.#links.delete(client);
    link?.end('closed by the group');
  }

  /** Stops (true) or goes on reading from all client interceptors, those still to come as well. */
  hold(hold: boolean): void {
    this.#held = hold;
    for (const link of this.#links.values()) link.hold(hold);
  }

  /** Closes all links, and takes no more; nothing more is told. */
  stop(): void {
    this.#silence.stop();
    this.#handler = undefined;
    for (const link of this.#links.values()) link.end('stopped');
    this.#links.clear();
  }

  #judge(theirs: Hello): Refusal | undefined {
    if (theirs.identity === '') return refuse('role', 'A client interceptor says who it is: this one has no id.');
    if (this.#handler === undefined) return refuse('overloaded', 'This member is not in service: try another one.');
    if (this.#links.size < linkLimits.clientLinksMax || this.#links.has(theirs.identity as ClientId)) return undefined;
    return refuse(
      'overloaded',
      `This member has ${linkLimits.clientLinksMax} client interceptors: try another member.`,
    );
  }

  #accept(connection: FrameConnection, client: ClientId): void {
    const { logger, counters } = this.#options;
    this.#forget(client, 'replaced by a newer link');
    const isCurrent = (): boolean => this.#links.get(client) === link;
    const link: ClientLink = new MessageConnection(connection, clientMessages(client), {
      onMessages: (messages) => {
        if (isCurrent() && messages.length > 0) this.#handler?.onClientMessages(client, messages);
      },
      onWritable: (writable) => isCurrent() && this.#handler?.onClientWritable(client, writable),
      onClosed: (reason) => isCurrent() && this.#forget(client, reason),
    });
    this.#links.set(client, link);
    this.#silence.watch(connection);
    if (this.#held) link.hold(true);
    counters.increment('client-link-up');
    logger.debug({ event: 'client-link-up', client, from: connection.remoteAddress }, `Linked with ${client}`);
    this.#handler?.onClientUp(client);
  }

  #forget(client: ClientId, reason: string): void {
    const link = this.#links.get(client);
    if (link === undefined) return;
    const { logger, counters } = this.#options;
    this.#links.delete(client);
    link.end(reason);
    counters.increment('client-link-down');
    logger.debug({ event: 'client-link-down', client, reason }, `The link with ${client} is down: ${reason}`);
    this.#handler?.onClientDown(client);
  }

  readonly #flush = (): void => {
    const links = this.#unflushed;
    this.#unflushed = [];
    for (const link of links) link.flush();
  };
}

/** A client interceptor speaks for itself only. */
function clientMessages(client: ClientId): MessageOptions<ClientToMember> {
  const isOther = (message: ClientToMember | undefined): boolean =>
    message?.kind === 'commands' && message.entry.client !== client;
  return {
    decode: (block) => {
      const message = decodeClientMessage(block);
      return isOther(message) ? undefined : message;
    },
    cut: (frame, filledBytes) => {
      const parts = cutClientFrame(frame, filledBytes);
      return isOther(parts?.message) ? undefined : parts;
    },
    unsentBytesMax: linkLimits.clientUnsentBytesMax,
    unsentBytesHigh: linkLimits.clientUnsentBytesHigh,
  };
}
