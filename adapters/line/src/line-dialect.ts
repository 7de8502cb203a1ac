import type { Dialect, DialectSession, RefusedRequest, RequestBoundary } from '@lockstep/contracts';
import { ExpectedReplies } from './reading/expected-replies.js';
import { ReplyReader } from './reading/reply-reader.js';
import { RequestReader } from './reading/request-reader.js';
import type { LineRules } from './rules.js';

/** A protocol of lines: each request is a line, perhaps with a counted body, and so is each part of a reply. */
export class LineDialect implements Dialect {
  readonly #rules: LineRules;

  constructor(rules: LineRules) {
    this.#rules = rules;
  }

  get oneWayRequests(): boolean {
    return this.#rules.requests.some(({ noreply }) => noreply !== undefined);
  }

  createSession(): DialectSession {
    return new LineSession(this.#rules);
  }
}

class LineSession implements DialectSession {
  readonly #expected = new ExpectedReplies();
  readonly #requests: RequestReader;
  readonly #replies: ReplyReader;

  constructor(rules: LineRules) {
    this.#requests = new RequestReader(rules, this.#expected);
    this.#replies = new ReplyReader(rules, this.#expected);
  }

  get outstanding(): number {
    return this.#expected.total;
  }

  get undecided(): number {
    return this.#requests.undecided;
  }

  readRequests(chunk: Uint8Array): RequestBoundary[] | RefusedRequest {
    return this.#requests.read(asBuffer(chunk));
  }

  readReplies(chunk: Uint8Array): number[] {
    return this.#replies.read(asBuffer(chunk));
  }
}

/** The same bytes, not a copy. */
function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
