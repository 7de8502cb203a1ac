import type { Milliseconds } from '@lockstep/contracts';
import type { Block } from '../wire/block.js';
import { decodeHandshake, encodeHandshake } from '../wire/handshake-codec.js';
import type { Hello, Refusal } from '../wire/hello.js';
import type { FrameConnection, FrameHandler } from './frame-connection.js';

/** How a handshake ended. */
export type HandshakeOutcome =
  /** Both sides are content. The connection is the receiver's from here on; frames may follow in the same read. */
  | { readonly kind: 'up'; readonly theirs: Hello }
  /** One side is not content, and said why. The connection closes by itself. */
  | {
      readonly kind: 'refused';
      readonly by: 'us' | 'them';
      readonly refusal: Refusal;
      readonly theirs: Hello | undefined;
    }
  /** It broke, took too long, or was no handshake. The connection closes by itself. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface HandshakeOptions {
  readonly hello: Hello;
  /** Says what is wrong with the other side's hello. */
  readonly judge: (theirs: Hello) => Refusal | undefined;
  readonly timeoutMs: Milliseconds;
  /** Called once. */
  readonly onDone: (outcome: HandshakeOutcome) => void;
}

/**
 * Finds out whether two programs want to talk to each other, the same on either side: each says hello, judges the other's,
 * and says welcome or refuses. The link is up when both have welcomed each other.
 */
export class Handshake implements FrameHandler {
  readonly #connection: FrameConnection;
  readonly #options: HandshakeOptions;
  readonly #timer: NodeJS.Timeout;
  #theirs: Hello | undefined;
  #welcomed = false;
  #done = false;

  constructor(connection: FrameConnection, options: HandshakeOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#timer = setTimeout(() => connection.destroy('the handshake took too long'), options.timeoutMs);
    connection.handler = this;
    connection.send(encodeHandshake(options.hello));
    connection.flush();
  }

  onFrame(block: Block): string | undefined {
    const message = decodeHandshake(block);
    switch (message?.kind) {
      case 'hello':
        if (this.#theirs !== undefined) return 'a second hello';
        this.#theirs = message;
        return this.#judge(message);
      case 'welcome':
        if (this.#welcomed) return 'a second welcome';
        this.#welcomed = true;
        return this.#completeIfWelcome();
      case 'refusal':
        this.#finish({ kind: 'refused', by: 'them', refusal: message, theirs: this.#theirs });
        this.#connection.destroy('refused');
        return undefined;
      case undefined:
        return 'not a handshake';
    }
  }

  onReadEnd(): void {
    // Frames are acted on as they come.
  }

  onDrain(): void {
    // A handshake is small.
  }

  onClosed(reason: string): void {
    this.#finish({ kind: 'failed', reason });
  }

  #judge(theirs: Hello): string | undefined {
    const refusal = this.#options.judge(theirs);
    if (refusal === undefined) {
      this.#connection.send(encodeHandshake({ kind: 'welcome' }));
      this.#connection.flush();
      return this.#completeIfWelcome();
    }
    this.#connection.send(encodeHandshake(refusal));
    this.#connection.end('refused');
    this.#finish({ kind: 'refused', by: 'us', refusal, theirs });
    return undefined;
  }

  #completeIfWelcome(): undefined {
    if (this.#welcomed && this.#theirs !== undefined) this.#finish({ kind: 'up', theirs: this.#theirs });
  }

  #finish(outcome: HandshakeOutcome): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    this.#options.onDone(outcome);
  }
}
