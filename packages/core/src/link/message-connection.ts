import type { Block } from '../wire/block.js';
import type { FrameCutter } from '../wire/cut-frame.js';
import type { FrameConnection, FrameHandler } from './frame-connection.js';

/** How the messages of a link are decoded, and how many bytes of it may wait. */
export interface MessageOptions<Message> {
  /** Undefined for what is malformed or must not come on this link: it is closed. */
  readonly decode: (block: Block) => Message | undefined;
  /** Cuts what is not whole, for the bytes that are there; undefined if there is no use in that. */
  readonly cut?: FrameCutter<Message>;
  /** Beyond this many bytes unsent, the link is closed. */
  readonly unsentBytesMax: number;
  /** From this many bytes unsent on, until all of them are sent, the link is not writable. */
  readonly unsentBytesHigh: number;
}

/** Who is told what a link brings. Calls come one at a time, never from inside a call into the connection but `flush`. */
export interface MessageHandler<Message> {
  /** All messages that one read completed, or brought a part of that is of use. There may be none. */
  onMessages(messages: readonly Message[]): void;
  onWritable(writable: boolean): void;
  /** Last call. `reason` is for the log. */
  onClosed(reason: string): void;
}

/** A connection whose handshake is done: turns frames into messages, one batch for each read, and watches what is unsent. */
export class MessageConnection<Message> implements FrameHandler {
  readonly #connection: FrameConnection;
  readonly #options: MessageOptions<Message>;
  readonly #handler: MessageHandler<Message>;
  /** Of the present read; undefined as long as it has brought none. */
  #messages: Message[] | undefined;
  #writable = true;

  /** Takes the connection over. */
  constructor(connection: FrameConnection, options: MessageOptions<Message>, handler: MessageHandler<Message>) {
    this.#connection = connection;
    this.#options = options;
    this.#handler = handler;
    connection.trust(options.unsentBytesMax);
    connection.handler = this;
  }

  /** Changes with every byte in either direction. */
  get traffic(): number {
    return this.#connection.bytesRead + this.#connection.bytesSent;
  }

  /** Something was sent that waits for `flush`. */
  get hasGathered(): boolean {
    return this.#connection.hasGathered;
  }

  /** Gathers encoded frames until `flush`. */
  send(pieces: readonly Uint8Array[]): void {
    this.#connection.send(pieces);
  }

  /** Gives everything gathered to the kernel. */
  flush(): void {
    this.#connection.flush();
    if (!this.#writable || this.#connection.unsentBytes < this.#options.unsentBytesHigh) return;
    this.#writable = false;
    this.#handler.onWritable(false);
  }

  /** Stops reading, or goes on. */
  hold(hold: boolean): void {
    this.#connection.hold(hold);
  }

  /** Closes after everything sent so far. */
  end(reason: string): void {
    this.#connection.end(reason);
  }

  onFrame(block: Block): string | undefined {
    const message = this.#options.decode(block);
    if (message === undefined) return 'a malformed message';
    this.#gather(message);
    return undefined;
  }

  onReadEnd(): void {
    const { cut } = this.#options;
    const part = cut && this.#connection.cutBegun(cut);
    if (part !== undefined) this.#gather(part);
    const messages = this.#messages;
    this.#messages = undefined;
    this.#handler.onMessages(messages ?? []);
  }

  onDrain(): void {
    if (this.#writable) return;
    this.#writable = true;
    this.#handler.onWritable(true);
  }

  onClosed(reason: string): void {
    this.#handler.onClosed(reason);
  }

  /** Most reads bring one message: no list is made ready for more. */
  #gather(message: Message): void {
    if (this.#messages === undefined) this.#messages = [message];
    else this.#messages.push(message);
  }
}
