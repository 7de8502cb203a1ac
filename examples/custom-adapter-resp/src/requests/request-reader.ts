import type { RefusedRequest, RequestBoundary } from '@lockstep/contracts';
import { HeaderNumber, invalid, unfinished } from '../header-number.js';
import { latin1 } from '../latin1.js';
import type { RespOptions } from '../options.js';
import type { ExpectedReplies } from '../replies/expected-replies.js';
import { type Command, findCommand, isSuspicious, wordBytesMax } from './commands.js';
import { splitInline } from './inline-arguments.js';
import { requestLimits } from './limits.js';
import { endOfPlainRequest } from './plain-request.js';
import { RequestJudge } from './request-judge.js';
import { refused, type Verdict } from './verdict.js';

const asterisk = 0x2a;
const dollar = 0x24;
const lineFeed = 0x0a;
const lineEndBytes = 2;

const tooManyArguments = refused('Protocol error: invalid multibulk length');
const noArgument = refused("Protocol error: expected '$' before an argument");
const badLength = refused('Protocol error: invalid bulk length');
const badQuotes = refused('Protocol error: unbalanced quotes in request');
const badByte = refused('Protocol error: NUL in an inline request');
const tooLongUndecided = refused('Protocol error: too big inline request, or too many options');

/** What comes next of a request. */
const start = 0;
const count = 1;
const mark = 2;
const length = 3;
/** An argument that is read, because it may say what the request does. */
const word = 4;
/** An argument, or what is left of one, and the end of its line. */
const body = 5;
const inline = 6;

/** Finds requests, and notes which replies are to come for them. */
export class RequestReader {
  readonly #bulkBytesMax: number;
  readonly #judge: RequestJudge;
  readonly #expected: ExpectedReplies;
  readonly #number = new HeaderNumber();
  #state = start;
  /** Bytes of the request in earlier chunks, and its offset in this one. */
  #earlierBytes = 0;
  #startOffset = 0;
  #argumentCount = 0;
  #argumentsLeft = 0;
  /** What is still to come of an argument. */
  #bodyBytes = 0;
  #text = '';
  #command: Command | undefined;
  #words: string[] = [];
  /** Undefined while it depends on what is still to come. */
  #verdict: Verdict | undefined;

  /**
   * @param expected where the replies that are to come are noted
   */
  constructor({ maxBulk }: RespOptions, connections: 'dedicated' | 'shared', expected: ExpectedReplies) {
    this.#bulkBytesMax = maxBulk;
    this.#judge = new RequestJudge(connections);
    this.#expected = expected;
  }

  /** The bytes of a request of which it is not known yet what it does: it may still be refused. */
  get undecided(): number {
    return this.#verdict === undefined ? this.#earlierBytes : 0;
  }

  read(chunk: Uint8Array): RequestBoundary[] | RefusedRequest {
    const boundaries: RequestBoundary[] = [];
    this.#startOffset = 0;
    for (let offset = 0; offset < chunk.length;) {
      const end = this.#readPart(chunk, offset);
      const refusal = this.#verdict?.refusal;
      if (refusal !== undefined) return { refusal, accepted: boundaries.at(-1)?.end ?? 0 };
      if (end === unfinished) break;
      offset = end;
      if (this.#state === start) boundaries.push(this.#finish(offset));
    }
    if (this.#state !== start) this.#earlierBytes += chunk.length - this.#startOffset;
    return boundaries;
  }

  /**
   * Reads the next part of a request. `#state` is `start` afterwards if it was the last one.
   *
   * @returns the offset one past the part, or `unfinished`
   */
  #readPart(chunk: Uint8Array, offset: number): number {
    switch (this.#state) {
      case start:
        return this.#begin(chunk, offset);
      case count:
        return this.#readCount(chunk, offset);
      case mark:
        if (chunk[offset] !== dollar) this.#verdict = noArgument;
        this.#number.start();
        this.#state = length;
        return offset + 1;
      case length:
        return this.#readLength(chunk, offset);
      case word:
        return this.#readWord(chunk, offset);
      case body:
        return this.#readBody(chunk, offset);
      default:
        return this.#readInline(chunk, offset);
    }
  }

  #begin(chunk: Uint8Array, offset: number): number {
    const end = endOfPlainRequest(chunk, offset, this.#bulkBytesMax);
    if (end !== unfinished) {
      this.#verdict = this.#judge.judgePlain();
      return end;
    }
    const isArray = chunk[offset] === asterisk;
    this.#state = isArray ? count : inline;
    this.#startOffset = offset;
    this.#earlierBytes = 0;
    this.#number.start();
    this.#text = '';
    this.#command = undefined;
    this.#verdict = undefined;
    return isArray ? offset + 1 : offset;
  }

  #readCount(chunk: Uint8Array, offset: number): number {
    const end = this.#number.read(chunk, offset);
    if (end === unfinished) return end;
    const { value } = this.#number;
    if (end === invalid || value > requestLimits.argumentsMax) {
      this.#verdict = tooManyArguments;
    } else if (value <= 0) {
      this.#verdict = this.#judge.judgeEmpty();
      this.#state = start;
    } else {
      this.#argumentCount = value;
      this.#argumentsLeft = value;
      this.#state = mark;
    }
    return end;
  }

  #readLength(chunk: Uint8Array, offset: number): number {
    const end = this.#number.read(chunk, offset);
    if (end === unfinished) return end;
    const { value } = this.#number;
    if (end === invalid || value < 0 || value > this.#bulkBytesMax) {
      this.#verdict = badLength;
      return end;
    }
    this.#bodyBytes = value;
    this.#state = this.#verdict === undefined && value > 0 && value <= wordBytesMax ? word : body;
    if (this.#state === word) return end;
    // An argument that is too long to matter, or empty.
    if (this.#verdict === undefined) this.#noteWord('');
    this.#bodyBytes += lineEndBytes;
    return end;
  }

  #readWord(chunk: Uint8Array, offset: number): number {
    const isName = this.#argumentsLeft === this.#argumentCount;
    if (isName && this.#text === '' && !isSuspicious(this.#bodyBytes, chunk[offset]!)) {
      this.#verdict = this.#judge.judgePlain();
      this.#bodyBytes += lineEndBytes;
      this.#state = body;
      return offset;
    }
    const end = Math.min(offset + this.#bodyBytes, chunk.length);
    this.#text += latin1(chunk, offset, end);
    this.#bodyBytes -= end - offset;
    if (this.#bodyBytes > 0) return unfinished;
    const text = this.#text;
    this.#text = '';
    this.#noteWord(text);
    this.#bodyBytes = lineEndBytes;
    this.#state = body;
    return end;
  }

  /** The name of the command, or one of its arguments. Judges as soon as all that matters is there. */
  #noteWord(text: string): void {
    if (this.#argumentsLeft === this.#argumentCount) {
      this.#command = findCommand(text);
      this.#words = [];
      if (this.#command === undefined) {
        this.#verdict = this.#judge.judgePlain();
        return;
      }
    } else {
      this.#words.push(text);
    }
    const command = this.#command!;
    const argumentCount = this.#argumentCount - 1;
    const isKnown =
      this.#words.length === Math.min(command.argumentsWanted, argumentCount) ||
      (command.kind === 'stream-read' && text.toUpperCase() === 'STREAMS');
    if (isKnown) this.#verdict = this.#judge.judge(command, this.#words, argumentCount);
  }

  #readBody(chunk: Uint8Array, offset: number): number {
    const end = offset + this.#bodyBytes;
    this.#checkUndecided(Math.min(end, chunk.length));
    if (end > chunk.length) {
      this.#bodyBytes = end - chunk.length;
      return unfinished;
    }
    this.#argumentsLeft -= 1;
    this.#state = this.#argumentsLeft === 0 ? start : mark;
    return end;
  }

  #readInline(chunk: Uint8Array, offset: number): number {
    const lineEnd = chunk.indexOf(lineFeed, offset);
    this.#text += latin1(chunk, offset, lineEnd === -1 ? chunk.length : lineEnd);
    if (lineEnd === -1) {
      this.#checkUndecided(chunk.length);
      return unfinished;
    }
    this.#verdict = this.#judgeInline(this.#text.replace(/\r$/, ''));
    this.#state = start;
    return lineEnd + 1;
  }

  #judgeInline(line: string): Verdict {
    if (line.length > requestLimits.undecidedBytesMax) return tooLongUndecided;
    if (line.includes('\0')) return badByte;
    const words = splitInline(line);
    if (words === undefined) return badQuotes;
    const [name] = words;
    if (name === undefined) return this.#judge.judgeEmpty();
    const command = findCommand(name);
    const given = words.slice(1);
    return command === undefined
      ? this.#judge.judgePlain()
      : this.#judge.judge(command, given.slice(0, command.argumentsWanted), given.length);
  }

  /** What is not decided is held, so there must be an end to it. */
  #checkUndecided(end: number): void {
    if (this.#verdict !== undefined) return;
    if (this.#earlierBytes + end - this.#startOffset > requestLimits.undecidedBytesMax + lineEndBytes)
      this.#verdict = tooLongUndecided;
  }

  #finish(end: number): RequestBoundary {
    const { isAnswered, reply, closing, blocking } = this.#verdict!;
    if (isAnswered) this.#expected.push(reply);
    this.#startOffset = end;
    this.#earlierBytes = 0;
    const replies = isAnswered ? 1 : 0;
    if (closing !== undefined) return { end, replies, closing };
    return blocking ? { end, replies, blocking } : { end, replies };
  }
}
