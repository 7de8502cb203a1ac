import type { DialectSession } from '@lockstep/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import { LineDialect } from './line-dialect.js';
import type { LineOptions } from './options/line-options.js';
import { parseOptions } from './options/parse-options.js';

const maxLength = 100;

const protocols: Readonly<Record<string, LineOptions>> = {
  'a line for a line': { maxLength },
  memcached: { preset: 'memcached', maxLength, maxBody: 50 },
  'terminators of their own': { terminator: '||', maxLength, replies: [{ request: '^LIST', until: '^END$' }] },
};

/** What protocols are made of, so that chance comes upon what they know. */
const fragment = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('\r\n', '\n', '\r', '|', '||', '\0', ' ', 'LIST', 'END', 'STORED', 'x'.repeat(maxLength + 1))
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom(
      'set k 0 0 5\r\nhello',
      'set k 0 0 51\r\n',
      'set k 0 0 1 noreply\r\nx\r\n',
      'get k',
      'quit',
      'mn',
      'ms k 2',
    )
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom('VALUE k 0 5\r\nhello\r\n', 'VALUE k 0 999999999\r\n', 'VA 2', 'ERROR')
    .map((text) => Buffer.from(text)),
);
const stream = fc.array(fragment, { maxLength: 25 }).map((parts) => Buffer.concat(parts));
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 });

/** What a session makes of two streams, in absolute offsets. */
interface Finding {
  readonly acceptedBytes: number;
  readonly replies: number[];
  readonly outstanding: number;
  readonly answer: string | undefined;
}

describe('LineDialect, fuzz', () => {
  for (const [name, options] of Object.entries(protocols)) {
    it(`${name}: arbitrary bytes give the same however they are cut, and little is kept`, () => {
      const dialect = new LineDialect(parseOptions(options));
      const property = fc.property(stream, stream, sizes, (requests, replies, pieceSizes) => {
        const whole = read(dialect.createSession(), requests, replies, [Infinity]);
        expect(read(dialect.createSession(), requests, replies, pieceSizes)).to.deep.equal(whole);
      });
      fc.assert(property, { numRuns: 1500 });
    });
  }
});

function read(session: DialectSession, requests: Buffer, replies: Buffer, pieceSizes: readonly number[]): Finding {
  let acceptedBytes = 0;
  let answer: string | undefined;
  for (const [start, chunk] of cut(requests, pieceSizes)) {
    const found = session.readRequests(chunk);
    const end = 'refusal' in found ? found.accepted : (found.at(-1)?.end ?? 0);
    if (end > 0) acceptedBytes = start + end;
    if ('refusal' in found) {
      answer = Buffer.from(found.refusal.answer).toString('latin1');
      break;
    }
    expect(session.undecided).to.be.at.most(maxLength + 2);
  }
  const replyEnds = cut(replies, pieceSizes).flatMap(([start, chunk]) =>
    session.readReplies(chunk).map((end) => start + end),
  );
  return { acceptedBytes, answer, replies: replyEnds, outstanding: session.outstanding };
}

/** Copies, so that nobody can look beyond a piece. */
function cut(bytes: Buffer, pieceSizes: readonly number[]): [start: number, chunk: Uint8Array][] {
  const chunks: [number, Uint8Array][] = [];
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const end = Math.min(bytes.length, start + (pieceSizes[turn % pieceSizes.length] ?? 1));
    chunks.push([start, Uint8Array.from(bytes.subarray(start, end))]);
    start = end;
  }
  return chunks;
}
