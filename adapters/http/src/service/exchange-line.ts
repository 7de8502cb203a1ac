import type { Socket } from 'node:net';
import type { Exchange } from './exchange.js';
import { ServiceLink, type LinkOwner } from './service-link.js';

/** How a line of exchanges meets the service. */
export interface ExchangeLineTerms {
  /** Begins to connect to the service. */
  dial(): Socket;
  /** How many requests may be with the service at the same time. */
  readonly depthMax: number;
  /** Whether clients are to see it when the service wants the connection closed. */
  readonly tellsClose: boolean;
  /** The connection is open for the first time. */
  onOpen(): void;
  /** The service cannot be connected to, or nobody can say any more what it has done and what not. */
  onLost(reason: Error, cause: 'unreachable' | 'broken'): void;
}

/**
 * Exchanges in one order, over one connection to the service at a time. The service may close it between two responses, as is
 * usual with HTTP; then there is another one.
 */
export class ExchangeLine {
  readonly #terms: ExchangeLineTerms;
  readonly #owner: LinkOwner;
  readonly #queue: Exchange[] = [];
  #link: ServiceLink | undefined;
  /** Connections that belong to an exchange without end. */
  readonly #detached = new Map<Exchange, ServiceLink>();
  #wasOpen = false;
  #paused = false;
  #closed = false;

  constructor(terms: ExchangeLineTerms) {
    this.#terms = terms;
    this.#owner = {
      onOpen: () => {
        if (!this.#wasOpen) terms.onOpen();
        this.#wasOpen = true;
      },
      onRoom: (link) => {
        if (link !== this.#link) this.#forget(link);
        this.#pump();
      },
      onUnbounded: (link) => this.#detach(link),
      onClosed: (link, unfinished, reason) => this.#noteClosed(link, unfinished, reason),
    };
  }

  /** Connects before there is anything to send. */
  open(): void {
    this.#link = new ServiceLink(this.#terms.dial(), this.#owner, this.#terms.tellsClose);
  }

  submit(exchange: Exchange): void {
    this.#queue.push(exchange);
    this.#pump();
  }

  /** The last of a request is there that was submitted before. */
  noteWhole(exchange: Exchange): void {
    this.#link?.noteWhole(exchange);
  }

  /** Stops reading what the service says on this line. */
  pause(): void {
    this.#paused = true;
    this.#link?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#link?.resume();
  }

  /** Stops reading an exchange without end. */
  pauseDetached(exchange: Exchange): void {
    this.#detached.get(exchange)?.pause();
  }

  resumeDetached(exchange: Exchange): void {
    this.#detached.get(exchange)?.resume();
  }

  /** Breaks off an exchange that has a connection of its own. Nobody is told. */
  abort(exchange: Exchange): void {
    const link = this.#detached.get(exchange);
    if (link !== undefined) {
      this.#detached.delete(exchange);
      return link.end();
    }
    const index = this.#queue.indexOf(exchange);
    if (index >= 0) {
      this.#queue.splice(index, 1);
      return;
    }
    if (this.#link?.present !== exchange) return;
    this.#link.destroy();
    this.#pump();
  }

  /** Gives up all connections, when what was written is taken. Nobody is told. */
  close(): void {
    this.#closed = true;
    this.#queue.length = 0;
    this.#link?.end();
    for (const link of this.#detached.values()) link.end();
    this.#detached.clear();
  }

  /** Breaks all connections. Nobody is told. */
  destroy(): void {
    this.#closed = true;
    this.#queue.length = 0;
    this.#link?.destroy();
    for (const link of this.#detached.values()) link.destroy();
    this.#detached.clear();
  }

  #pump(): void {
    for (;;) {
      const [next] = this.#queue;
      if (next === undefined || this.#closed || !this.#hasRoomFor(next)) return;
      this.#queue.shift();
      if (this.#link === undefined || this.#link.isClosed) this.open();
      if (this.#paused) this.#link?.pause();
      this.#link?.run(next);
    }
  }

  #hasRoomFor(next: Exchange): boolean {
    const link = this.#link;
    if (link === undefined || link.isClosed || link.depth === 0) return true;
    return link.depth < this.#terms.depthMax && !next.head.solitary && !link.isSolitary;
  }

  #detach(link: ServiceLink): void {
    const exchange = link.present;
    if (link !== this.#link || exchange === undefined) return;
    this.#detached.set(exchange, link);
    this.#link = undefined;
    this.#pump();
  }

  /** A response that seemed to have no end has ended. */
  #forget(link: ServiceLink): void {
    for (const [exchange, detached] of this.#detached) {
      if (detached !== link) continue;
      this.#detached.delete(exchange);
      link.end();
    }
  }

  #noteClosed(link: ServiceLink, unfinished: readonly Exchange[], reason: Error | undefined): void {
    if (link === this.#link) this.#link = undefined;
    const [first, ...behind] = unfinished;
    if (first === undefined) this.#forget(link);
    else if (this.#detached.delete(first)) return endExchange(first, reason);
    if (!link.wasOpen) return this.#terms.onLost(reason ?? new Error('it was closed'), 'unreachable');
    // What the service has not looked at is asked again: it had said that it would not, or was just closing.
    if ((link.saidClose || link.wasOpenBefore) && unfinished.every((exchange) => exchange.canBeRepeated)) {
      for (const exchange of unfinished) exchange.rewind();
      this.#queue.unshift(...unfinished);
      return this.#pump();
    }
    if (first !== undefined) endExchange(first, reason);
    if (behind.length > 0) {
      return this.#terms.onLost(new Error('it was closed with several requests under way'), 'broken');
    }
    this.#pump();
  }
}

function endExchange(exchange: Exchange, reason: Error | undefined): void {
  if (reason === undefined) exchange.handler.onCut(exchange);
  else exchange.handler.onBroken(exchange, reason);
}
