import type { Dialect, DialectSession, RefusedRequest, RequestBoundary } from '@lockstep/contracts';
import { ExpectedReplies } from './reading/expected-replies.js';
import { ReplyReader } from './reading/reply-reader.js';
import { RequestReader } from './reading/request-reader.js';
import { RuleIndex } from './reading/rule-index.js';
import type { LineRules, ReplyRule, RequestRule } from './rules.js';

/** A protocol of lines: each request is a line, perhaps with a counted body, and so is each part of a reply. */
export class LineDialect implements Dialect {
  readonly #rules: LineRules;
  readonly #requestRules: RuleIndex<RequestRule>;
  readonly #replyRules: RuleIndex<ReplyRule>;

  constructor(rules: LineRules) {
    this.#rules = rules;
    this.#requestRules = new RuleIndex(rules.requests);
    this.#replyRules = new RuleIndex(rules.replies);
  }

  get oneWayRequests(): boolean {
    return this.#rules.requests.some(({ noreply }) => noreply !== undefined);
  }

  createSession(): DialectSession {
    const expected = new ExpectedReplies();
    return new LineSession(
      new RequestReader(this.#rules, this.#requestRules, this.#replyRules, expected),
      new ReplyReader(this.#rules, expected),
      expected,
    );
  }
}

class LineSession implements DialectSession {
  readonly #requests: RequestReader;
  readonly #replies: ReplyReader;
  readonly #expected: ExpectedReplies;

  constructor(requests: RequestReader, replies: ReplyReader, expected: ExpectedReplies) {
    this.#requests = requests;
    this.#replies = replies;
    this.#expected = expected;
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
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}
