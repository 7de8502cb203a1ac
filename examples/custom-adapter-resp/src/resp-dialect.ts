import type { Dialect, DialectSession, RefusedRequest, RequestBoundary } from '@lockstep/contracts';
import type { RespOptions } from './options.js';
import { ExpectedReplies } from './replies/expected-replies.js';
import { ReplyReader } from './replies/reply-reader.js';
import { RequestReader } from './requests/request-reader.js';

/** The protocol of Redis, RESP2 and RESP3, with inline commands. */
export class RespDialect implements Dialect {
  /** `CLIENT REPLY OFF` and what follows it have no reply; nor has an empty line. */
  readonly oneWayRequests = true;
  readonly #options: RespOptions;
  readonly #connections: 'dedicated' | 'shared';

  /**
   * @param connections where they are shared, what needs a connection of its own is refused
   */
  constructor(options: RespOptions, connections: 'dedicated' | 'shared') {
    this.#options = options;
    this.#connections = connections;
  }

  createSession(): DialectSession {
    const expected = new ExpectedReplies();
    return new RespSession(
      new RequestReader(this.#options, this.#connections, expected),
      new ReplyReader(expected),
      expected,
    );
  }
}

class RespSession implements DialectSession {
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
    return this.#requests.read(chunk);
  }

  readReplies(chunk: Uint8Array): number[] {
    return this.#replies.read(chunk);
  }
}
