import type { DialectSession, RefusedRequest, RequestBoundary } from '@lockstep/contracts';
import { parseOptions } from './options.js';
import { RespDialect } from './resp-dialect.js';

/** A session of the dialect, spoken to in texts of one byte for each character. */
export class TextSession {
  readonly #session: DialectSession;

  constructor(connections: 'dedicated' | 'shared' = 'dedicated', maxBulk?: number) {
    const options = parseOptions(maxBulk === undefined ? {} : { maxBulk });
    this.#session = new RespDialect(options, connections).createSession();
  }

  get outstanding(): number {
    return this.#session.outstanding;
  }

  get undecided(): number {
    return this.#session.undecided;
  }

  /** @throws Error if a request is refused */
  ask(...requests: readonly string[]): readonly RequestBoundary[] {
    const read = this.read(requests.join(''));
    if ('refusal' in read) throw new Error(`refused: ${read.refusal.reason}`);
    return read;
  }

  read(text: string): readonly RequestBoundary[] | RefusedRequest {
    return this.#session.readRequests(Buffer.from(text, 'latin1'));
  }

  /** @returns what the client is told; undefined if nothing is refused */
  refusalOf(text: string): string | undefined {
    const read = this.read(text);
    return 'refusal' in read ? Buffer.from(read.refusal.answer).toString('latin1') : undefined;
  }

  /** @returns how many replies end in this */
  answer(...frames: readonly string[]): number {
    return this.#session.readReplies(Buffer.from(frames.join(''), 'latin1')).length;
  }
}
