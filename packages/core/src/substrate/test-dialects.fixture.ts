import type { Dialect, DialectSession, RefusedRequest, RequestBoundary } from '@lockstep/contracts';

/** Takes any bytes for nothing in particular: no request ever ends, nothing is refused, no reply is expected. */
export const transparentDialect: Dialect = {
  oneWayRequests: false,
  createSession: () => ({ readRequests: () => [], readReplies: () => [], outstanding: 0, undecided: 0 }),
};

const newline = 0x0a;

/**
 * Lines. One that begins with `!` is one-way, one with `?` is refused, one with `~` blocks, `quit` makes the service close
 * after `bye`; all others have a reply of one line.
 */
export const wordDialect: Dialect = { oneWayRequests: true, createSession: () => new WordSession() };

class WordSession implements DialectSession {
  #line = '';
  outstanding = 0;

  get undecided(): number {
    return this.#line.length;
  }

  readRequests(chunk: Uint8Array): RequestBoundary[] | RefusedRequest {
    const boundaries: RequestBoundary[] = [];
    for (const [index, byte] of chunk.entries()) {
      if (byte !== newline) {
        this.#line += String.fromCharCode(byte);
        continue;
      }
      const line = this.#line;
      this.#line = '';
      if (line.startsWith('?')) {
        const answer = Buffer.from('refused\n');
        return { refusal: { reason: 'it begins with ?', answer }, accepted: boundaries.at(-1)?.end ?? 0 };
      }
      const replies = line.startsWith('!') ? 0 : 1;
      this.outstanding += replies;
      boundaries.push({
        end: index + 1,
        replies,
        ...(line === 'quit' ? { closing: Buffer.from('bye\n') } : {}),
        ...(line.startsWith('~') ? { blocking: true } : {}),
      });
    }
    return boundaries;
  }

  readReplies(chunk: Uint8Array): number[] {
    const ends: number[] = [];
    for (const [index, byte] of chunk.entries()) {
      if (byte !== newline || this.outstanding === 0) continue;
      this.outstanding -= 1;
      ends.push(index + 1);
    }
    return ends;
  }
}
