import type { DialectSession } from '@lockstep/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import { request } from './conversations.fixture.js';
import { parseOptions } from './options.js';
import { RespDialect } from './resp-dialect.js';

const undecidedBytesMax = 65_538;

/** Anything, but often something that means something. */
const words = [
  'SET',
  'client',
  'REPLY',
  'OFF',
  'SKIP',
  'SUBSCRIBE',
  'HELLO',
  'XREAD',
  'STREAMS',
  'BLOCK',
  'QUIT',
  'GET',
];
const marks = ['*', '$', '+', '-', ':', '%', '>', '|', '~', '?', ';', '.', '\r\n', '\n', '"', "'", '\\', ' ', '\0'];
const numbers = ['0', '1', '2', '3', '5', '10', '-1', '1048577', '99999999999999999999'];
const piece = fc.oneof(
  fc.constantFrom(...words, ...marks, ...numbers),
  fc.constantFrom('*1\r\n', '*2\r\n', '*3\r\n', '$3\r\n', '$6\r\n', '$1\r\n', '\r\n'),
  fc.array(fc.constantFrom(...words, 'a', ''), { minLength: 1, maxLength: 4 }).map((parts) => request(...parts)),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const anything = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

/** A value of RESP, and how it is sent. */
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constantFrom('+OK\r\n', ':-1\r\n', '_\r\n', '#t\r\n', ',1.5\r\n', '(12\r\n', '$-1\r\n', '*-1\r\n', '-ERR\r\n'),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => `$${bytes.length}\r\n${Buffer.from(bytes).toString('latin1')}\r\n`),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `*${items.length}\r\n${items.join('')}`),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `*?\r\n${items.join('')}.\r\n`),
    fc
      .array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 })
      .map((items) => `%${items.length}\r\n${items.flat().join('')}`),
    fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 3 }).map((parts) => {
      const chunks = parts.map((part) => Buffer.from(part).toString('latin1'));
      return `$?\r\n${chunks.map((chunk) => `;${chunk.length}\r\n${chunk}\r\n`).join('')};0\r\n`;
    }),
  ),
}));

const cuts = fc.array(fc.nat(400), { maxLength: 20 });

function sessionOf(connections: 'dedicated' | 'shared' = 'dedicated'): DialectSession {
  return new RespDialect(parseOptions(), connections).createSession();
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...new Set([...at.filter((end) => end < bytes.length), bytes.length])].sort((a, b) => a - b);
  // Copies, so that nobody can look beyond the piece.
  return ends.map((end, index) => Uint8Array.from(bytes.subarray(ends[index - 1] ?? 0, end)));
}

/** All that a session says about requests, whatever the pieces. */
function readRequests(session: DialectSession, pieces: readonly Uint8Array[]): unknown {
  let start = 0;
  let accepted = 0;
  for (const bytes of pieces) {
    const read = session.readRequests(bytes);
    if ('refusal' in read) {
      return { accepted: read.accepted > 0 ? start + read.accepted : accepted, reason: read.refusal.reason };
    }
    accepted = start + (read.at(-1)?.end ?? accepted - start);
    start += bytes.length;
    expect(session.undecided).to.be.at.most(Math.min(start - accepted, undecidedBytesMax));
  }
  return { accepted, outstanding: session.outstanding, undecided: session.undecided };
}

function readReplies(session: DialectSession, pieces: readonly Uint8Array[]): unknown {
  let start = 0;
  const ends = pieces.flatMap((bytes) => {
    const found = session.readReplies(bytes).map((end) => start + end);
    start += bytes.length;
    return found;
  });
  return { ends, outstanding: session.outstanding };
}

describe('RESP, whatever comes', () => {
  for (const connections of ['dedicated', 'shared'] as const) {
    it(`finds or refuses the same requests however they are cut, ${connections}`, () => {
      const property = fc.property(anything, cuts, (bytes, at) => {
        const whole = readRequests(sessionOf(connections), [bytes]);
        expect(readRequests(sessionOf(connections), cut(bytes, at))).to.deep.equal(whole);
      });
      fc.assert(property, { numRuns: 3000 });
    });
  }

  it('finds the same replies however they are cut', () => {
    const asked = fc.array(fc.constantFrom(...words.map((word) => request(word, 'a'))), { maxLength: 10 });
    const property = fc.property(asked, anything, cuts, (requests, bytes, at) => {
      const read = (pieces: readonly Uint8Array[]): unknown => {
        const session = sessionOf();
        session.readRequests(Buffer.from(requests.join('')));
        return readReplies(session, pieces);
      };
      expect(read(cut(bytes, at))).to.deep.equal(read([bytes]));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it('finds the end of every value', () => {
    const property = fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), cuts, (values, at) => {
      const session = sessionOf();
      session.readRequests(Buffer.from('PING\r\n'.repeat(values.length)));
      let end = 0;
      const ends = values.map((text) => (end += text.length));
      const bytes = Buffer.from(values.join(''), 'latin1');
      expect(readReplies(session, cut(bytes, at))).to.deep.equal({ ends, outstanding: 0 });
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('keeps nothing of a body of half a gigabyte, in either direction', () => {
    const session = sessionOf();
    const bytes = 512 * 1024 * 1024;
    const body = new Uint8Array(1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    session.readRequests(Buffer.from(`*2\r\n$4\r\nECHO\r\n$${bytes}\r\n`));
    for (let sent = 0; sent < bytes; sent += body.length) session.readRequests(body);
    expect(session.readRequests(Buffer.from('\r\n'))).to.have.lengthOf(1);
    session.readReplies(Buffer.from(`$${bytes}\r\n`));
    for (let sent = 0; sent < bytes; sent += body.length) session.readReplies(body);
    expect(session.readReplies(Buffer.from('\r\n'))).to.deep.equal([2]);
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(body.length);
  });
});
