import { readChunkLine } from './chunk-size.js';
import type { Framing } from './framing.js';
import { HeaderFields } from './header-fields.js';
import { isForbiddenInTrailers } from './hop-by-hop.js';
import { LineReader, type Cursor, type LineBudget } from './line-reader.js';
import { mergeBodies } from './merge-bodies.js';
import { MessageRefused, type Refusal } from './refusal.js';

/** What is read of messages, in order. */
export type MessageEvent<Head> =
  | { readonly kind: 'head'; readonly head: Head }
  /** Bytes of a body, or of the protocol that came in place of HTTP. Shares memory with the chunk that was read. */
  | { readonly kind: 'body'; readonly payload: Uint8Array }
  /** The message is complete. Trailers are lines that end in CR LF. */
  | { readonly kind: 'end'; readonly trailers: string }
  /** Nothing is read any more. */
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What a head may come to. */
export interface HeadLimits {
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
}

/** Reads what stands in the lines of a head. It throws `MessageRefused` for what is not let through. */
export type HeadRule<Head> = (startLine: string, fields: HeaderFields) => Head;

/** What the reader has to know of a head. */
export interface ReadableHead {
  readonly framing: Framing;
  /** Nothing is read behind this message until `release` or `takeHeld`. */
  readonly holdsReader?: boolean;
}

type State = 'start' | 'fields' | 'body' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailers' | 'endless' | 'over';

const chunkLineBytesMax = 1024;
const extensionBytesMax = 16_384;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** As the first byte of a start line: visible, and no CR. Anything else is another protocol. */
const firstVisible = 0x21;
const lastVisible = 0x7e;

const longChunkLine: LineBudget = {
  bytesMax: chunkLineBytesMax,
  status: 400,
  reason: 'the line in front of a chunk is too long',
};

/**
 * Reads messages, one behind the other, out of the bytes of a connection. Pure, with bounded memory, and strict: what two
 * readers could understand in two ways is refused. The same events come out however the bytes are cut into chunks, but for
 * the cuts in bodies.
 */
export class MessageReader<Head extends ReadableHead> {
  readonly #readHead: HeadRule<Head>;
  readonly #limits: HeadLimits;
  readonly #headBudget: LineBudget;
  readonly #trailerBudget: LineBudget;
  readonly #lines = new LineReader();
  #state: State = 'start';
  #startLine = '';
  #fields = new HeaderFields();
  /** Of the body, or of the chunk. */
  #remaining = 0;
  #extensionBytes = 0;
  /** The CR behind a chunk was read. */
  #isAfterReturn = false;
  #holdsAfterMessage = false;
  /** What came behind a message that asks for another protocol. */
  #held: Buffer | undefined;

  constructor(readHead: HeadRule<Head>, limits: HeadLimits) {
    this.#readHead = readHead;
    this.#limits = limits;
    const bytesMax = limits.maxHeadBytes;
    this.#headBudget = { bytesMax, status: 431, reason: `the head is longer than ${bytesMax} bytes` };
    this.#trailerBudget = { bytesMax, status: 431, reason: `the trailers are longer than ${bytesMax} bytes` };
    this.#lines.begin(this.#headBudget);
  }

  /** Where in a message the reader stands. */
  get place(): 'between' | 'head' | 'body' {
    if (this.#state === 'start') return this.#lines.bytes > 0 ? 'head' : 'between';
    return this.#state === 'fields' ? 'head' : 'body';
  }

  /** Whether a message was read that asks for another protocol, and nothing is read until `release`. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** What has come behind such a message. */
  get held(): Buffer {
    return this.#held ?? Buffer.alloc(0);
  }

  /** Reads the next bytes. */
  push(chunk: Uint8Array): MessageEvent<Head>[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.#held !== undefined) {
      this.#held = Buffer.concat([this.#held, bytes]);
      return [];
    }
    const events: MessageEvent<Head>[] = [];
    const cursor: Cursor = { chunk: bytes, offset: 0 };
    try {
      while (cursor.offset < bytes.length && this.#held === undefined && this.#state !== 'over') {
        this.#readOn(cursor, events);
      }
    } catch (error) {
      if (!(error instanceof MessageRefused)) throw error;
      this.#refuse(error, events);
    }
    return mergeBodies(events);
  }

  /** The connection has ended. */
  finish(): MessageEvent<Head>[] {
    const events: MessageEvent<Head>[] = [];
    if (this.#state === 'endless') events.push({ kind: 'end', trailers: '' });
    else if (this.place !== 'between' && this.#state !== 'over') {
      events.push({ kind: 'refused', refusal: { status: 400, reason: 'the connection ended within a message' } });
    }
    this.#state = 'over';
    return events;
  }

  /** Reads on behind a message that has asked for another protocol and did not get it. */
  release(): MessageEvent<Head>[] {
    return this.push(this.takeHeld());
  }

  /** Gives away what came behind a message that has asked for another protocol, and reads on. */
  takeHeld(): Buffer {
    const { held } = this;
    this.#held = undefined;
    return held;
  }

  #readOn(cursor: Cursor, events: MessageEvent<Head>[]): void {
    switch (this.#state) {
      case 'start':
        return this.#readStart(cursor);
      case 'fields':
        return this.#readField(cursor, events);
      case 'body':
        if (this.#readBytes(cursor, events)) this.#endMessage('', events, cursor);
        return;
      case 'chunk-line':
        return this.#readChunkLine(cursor);
      case 'chunk':
        if (this.#readBytes(cursor, events)) this.#state = 'chunk-end';
        return;
      case 'chunk-end':
        return this.#readChunkEnd(cursor);
      case 'trailers':
        return this.#readTrailer(cursor, events);
      case 'endless':
        events.push({ kind: 'body', payload: cursor.chunk.subarray(cursor.offset) });
        cursor.offset = cursor.chunk.length;
        return;
      case 'over':
    }
  }

  #readStart(cursor: Cursor): void {
    const first = cursor.chunk[cursor.offset] ?? 0;
    const isVisible = first >= firstVisible && first <= lastVisible;
    if (!this.#lines.isAmidLine && !isVisible && first !== carriageReturn) {
      throw new MessageRefused(400, 'this is not HTTP');
    }
    const line = this.#lines.read(cursor);
    // Old clients send an empty line too many behind a body. It counts, so there cannot be many.
    if (line === undefined || line === '') return;
    this.#startLine = line;
    this.#fields = new HeaderFields();
    this.#state = 'fields';
  }

  #readField(cursor: Cursor, events: MessageEvent<Head>[]): void {
    const line = this.#lines.read(cursor);
    if (line === undefined) return;
    if (line !== '') return this.#addField(line, 'header');
    const head = this.#readHead(this.#startLine, this.#fields);
    events.push({ kind: 'head', head });
    this.#holdsAfterMessage = head.holdsReader === true;
    this.#beginBody(head.framing, events, cursor);
  }

  #addField(line: string, what: 'header' | 'trailer'): void {
    this.#fields.addLine(line);
    if (this.#fields.count <= this.#limits.maxHeaders) return;
    throw new MessageRefused(431, `there are more than ${this.#limits.maxHeaders} ${what} fields`);
  }

  #beginBody(framing: Framing, events: MessageEvent<Head>[], cursor: Cursor): void {
    switch (framing.kind) {
      case 'none':
        return this.#endMessage('', events, cursor);
      case 'length':
        this.#remaining = framing.length;
        this.#state = 'body';
        return;
      case 'chunked':
        this.#extensionBytes = 0;
        this.#lines.begin(longChunkLine);
        this.#state = 'chunk-line';
        return;
      case 'until-close':
      case 'tunnel':
        this.#state = 'endless';
    }
  }

  /** @returns whether everything that remained was there */
  #readBytes(cursor: Cursor, events: MessageEvent<Head>[]): boolean {
    const payload = cursor.chunk.subarray(cursor.offset, cursor.offset + this.#remaining);
    events.push({ kind: 'body', payload });
    cursor.offset += payload.length;
    this.#remaining -= payload.length;
    return this.#remaining === 0;
  }

  #readChunkLine(cursor: Cursor): void {
    const line = this.#lines.read(cursor);
    if (line === undefined) return;
    const { size, extensionBytes } = readChunkLine(line);
    this.#extensionBytes += extensionBytes;
    if (this.#extensionBytes > extensionBytesMax) throw new MessageRefused(400, 'there are too many chunk extensions');
    this.#remaining = size;
    if (size > 0) {
      this.#state = 'chunk';
      return;
    }
    this.#fields = new HeaderFields();
    this.#lines.begin(this.#trailerBudget);
    this.#state = 'trailers';
  }

  #readChunkEnd(cursor: Cursor): void {
    const byte = cursor.chunk[cursor.offset++];
    if (byte !== (this.#isAfterReturn ? lineFeed : carriageReturn)) {
      throw new MessageRefused(400, 'a chunk is not followed by CR LF');
    }
    this.#isAfterReturn = !this.#isAfterReturn;
    if (this.#isAfterReturn) return;
    this.#lines.begin(longChunkLine);
    this.#state = 'chunk-line';
  }

  #readTrailer(cursor: Cursor, events: MessageEvent<Head>[]): void {
    const line = this.#lines.read(cursor);
    if (line === undefined) return;
    if (line !== '') return this.#addField(line, 'trailer');
    this.#endMessage(this.#fields.format(isForbiddenInTrailers), events, cursor);
  }

  #endMessage(trailers: string, events: MessageEvent<Head>[], cursor: Cursor): void {
    events.push({ kind: 'end', trailers });
    this.#lines.begin(this.#headBudget);
    this.#state = 'start';
    if (!this.#holdsAfterMessage) return;
    this.#holdsAfterMessage = false;
    this.#held = cursor.chunk.subarray(cursor.offset);
    cursor.offset = cursor.chunk.length;
  }

  #refuse({ status, reason }: Refusal, events: MessageEvent<Head>[]): void {
    events.push({ kind: 'refused', refusal: { status, reason } });
    this.#state = 'over';
  }
}
