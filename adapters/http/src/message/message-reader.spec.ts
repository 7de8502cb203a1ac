import { expect } from 'chai';
import fc from 'fast-check';
import { arbitraryCuts, arbitraryRequests, arbitraryResponses, cut } from './arbitrary-messages.fixture.js';
import { mergeBodies } from './merge-bodies.js';
import { MessageReader, type MessageEvent, type ReadableHead } from './message-reader.js';
import { readRequestHead } from './request-head.js';
import { readResponseHead } from './response-head.js';

const limits = { maxHeadBytes: 300, maxHeaders: 6 };
const requests = (): MessageReader<ReadableHead> => new MessageReader<ReadableHead>(readRequestHead, limits);
const responses = (): MessageReader<ReadableHead> => {
  const expected = { bodiless: false, upgrade: true };
  return new MessageReader<ReadableHead>((line, fields) => readResponseHead(line, fields, expected), limits);
};

/** What is read, with parts of bodies joined, and bytes as text. */
function read(reader: MessageReader<ReadableHead>, chunks: readonly Uint8Array[]): unknown[] {
  const events = chunks.flatMap((chunk) => reader.push(chunk)).concat(reader.finish());
  return mergeBodies(events).map((event) =>
    event.kind === 'body' ? Buffer.from(event.payload).toString('latin1') : event,
  );
}

describe('MessageReader', () => {
  for (const [what, messages, create] of [
    ['requests', arbitraryRequests, requests],
    ['responses', arbitraryResponses, responses],
  ] as const) {
    it(`reads the same ${what} wherever they are cut`, () => {
      const marks = { refused: 0, whole: 0 };
      const property = fc.property(messages, arbitraryCuts, (text, cuts) => {
        const whole = read(create(), cut(text, []));
        expect(read(create(), cut(text, cuts))).to.deep.equal(whole);
        expect(
          read(
            create(),
            cut(
              text,
              [...text].map((_, index) => index),
            ),
          ),
        ).to.deep.equal(whole);
        const isRefused = (whole.at(-1) as MessageEvent<never> | undefined)?.kind === 'refused';
        marks[isRefused ? 'refused' : 'whole'] += 1;
      });
      fc.assert(property, { numRuns: 1500 });
      expect(marks.refused, 'messages that were refused').to.be.greaterThan(100);
      expect(marks.whole, 'messages that were not').to.be.greaterThan(100);
    });

    it(`reads the same of bytes that are no ${what} at all, wherever they are cut`, () => {
      const bytes = fc.uint8Array({ maxLength: 600 }).map((all) => Buffer.from(all).toString('latin1'));
      const property = fc.property(bytes, arbitraryCuts, (text, cuts) => {
        expect(read(create(), cut(text, cuts))).to.deep.equal(read(create(), cut(text, [])));
      });
      fc.assert(property, { numRuns: 500 });
    });
  }

  const post = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const endless: readonly (readonly [what: string, start: string, repeated: string])[] = [
    ['request line', 'GET /', 'a'],
    ['field', 'GET / HTTP/1.1\r\nX-a: ', 'a'],
    ['head', 'GET / HTTP/1.1\r\n', 'X-a: 1\r\n'],
    ['row of empty lines', '', '\r\n'],
    ['size of a chunk', post, '0'],
    ['extension', `${post}1;`, 'a'],
    ['row of extensions', post, `1;${'a'.repeat(500)}\r\nx\r\n`],
    ['trailer', `${post}0\r\nX-a: `, 'a'],
    ['row of trailers', `${post}0\r\n`, 'X-a: 1\r\n'],
  ];
  for (const [what, start, repeated] of endless) {
    it(`keeps no ${what} without end`, () => {
      const reader = requests();
      let events = reader.push(Buffer.from(start));
      let bytes = 0;
      while (events.every(({ kind }) => kind !== 'refused')) {
        events = reader.push(Buffer.from(repeated));
        bytes += repeated.length;
        expect(bytes, 'bytes before it was refused').to.be.lessThan(40_000);
      }
      expect(reader.push(Buffer.from(repeated))).to.deep.equal([]);
    });
  }

  it('gives a body out as it comes, and keeps nothing of it', () => {
    const reader = requests();
    reader.push(Buffer.from('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n'));
    const part = Buffer.alloc(1000);
    expect(reader.push(part)).to.deep.equal([{ kind: 'body', payload: part }]);
    expect(reader.place).to.equal('body');
  });

  it('joins chunks that come together', () => {
    const events = requests().push(Buffer.from(`${post}${'1\r\nx\r\n'.repeat(1000)}0\r\n\r\n`));
    expect(events.map(({ kind }) => kind)).to.deep.equal(['head', 'body', 'end']);
  });

  it('reads nothing behind a request for another protocol until it is told to', () => {
    const reader = requests();
    const upgrade = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: b\r\n\r\n';
    const next = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';
    expect(reader.push(Buffer.from(upgrade + next)).map(({ kind }) => kind)).to.deep.equal(['head', 'end']);
    expect(reader.isHolding).to.equal(true);
    expect(reader.push(Buffer.from('more'))).to.deep.equal([]);
    expect(reader.held.toString()).to.equal(`${next}more`);
    expect(reader.release().map(({ kind }) => kind)).to.deep.equal(['head', 'end']);
    expect(reader.isHolding).to.equal(false);
    expect(reader.place).to.equal('head');
  });
});
