import type { DialectSession, RequestBoundary } from '@lockstep/contracts';
import { expect } from 'chai';
import fc from 'fast-check';
import { LineDialect } from './line-dialect.js';
import type { LineOptions } from './options/line-options.js';
import { parseOptions } from './options/parse-options.js';

function session(options: LineOptions = {}): DialectSession {
  return new LineDialect(parseOptions(options)).createSession();
}

function ends(read: ReturnType<DialectSession['readRequests']>): number[] {
  if ('refusal' in read) throw new Error(read.refusal.reason);
  return read.map(({ end }) => end);
}

function refusalAnswer(read: ReturnType<DialectSession['readRequests']>): string {
  if (!('refusal' in read)) throw new Error('not refused');
  return Buffer.from(read.refusal.answer).toString('latin1');
}

describe('LineDialect, bad input', () => {
  it('refuses an over-long line with the stated error, and never splits it', () => {
    const read = session({ maxLength: 5 }).readRequests(Buffer.from('12345\r\n123456\nnext\n'));
    expect(read).to.include({ accepted: 7 });
    expect(refusalAnswer(read)).to.equal('ERR line too long (maximum 5 bytes)\r\n');
  });

  it('refuses an over-long line before its end has come', () => {
    const reader = session({ maxLength: 5 });
    expect(ends(reader.readRequests(Buffer.from('12345')))).to.deep.equal([]);
    expect(ends(reader.readRequests(Buffer.from('\r')))).to.deep.equal([]);
    expect(reader.undecided).to.equal(6);
    expect(reader.readRequests(Buffer.from('\r'))).to.include({ accepted: 0 });
  });

  it('refuses in the words of the configuration', () => {
    const reader = session({ maxLength: 5, refusal: '-{part}>{maximum}\n' });
    expect(refusalAnswer(reader.readRequests(Buffer.from('1234567')))).to.equal('-line>5\n');
  });

  it('refuses a body that is too long, or whose length is no number', () => {
    const options = { maxBody: 10, requests: [{ request: '^PUT (.*)$', body: 1 }] };
    expect(refusalAnswer(session(options).readRequests(Buffer.from('PUT 11\n')))).to.equal(
      'ERR body too long (maximum 10 bytes)\r\n',
    );
    for (const length of ['', '-1', '1e1', '0x1', '9'.repeat(400)]) {
      expect(session(options).readRequests(Buffer.from(`PUT ${length}\n`)), length).to.have.property('refusal');
    }
    expect(ends(session(options).readRequests(Buffer.from('PUT 10\n0123456789\n')))).to.deep.equal([18]);
  });

  it('leaves NUL and invalid UTF-8 alone, and matches them byte by byte', () => {
    const reader = session({ requests: [{ request: '^\\x00\\xff\\xc3$', noreply: '' }] });
    const read = reader.readRequests(Buffer.from([0x00, 0xff, 0xc3, 0x0a, 0x00, 0xff, 0x0a]));
    expect((read as RequestBoundary[]).map(({ replies }) => replies)).to.deep.equal([0, 1]);
  });

  it('takes mixed terminators, empty lines and lone \\r as they come', () => {
    expect(ends(session().readRequests(Buffer.from('a\nb\r\n\n\r\nc\rd\r\r\n')))).to.deep.equal([2, 5, 6, 8, 14]);
  });

  it('keeps an unterminated last line undecided', () => {
    const reader = session();
    expect(ends(reader.readRequests(Buffer.from('a\nlast')))).to.deep.equal([2]);
    expect(reader.undecided).to.equal(4);
  });

  it('lets a body through while it comes', () => {
    const reader = session({ preset: 'memcached' });
    expect(ends(reader.readRequests(Buffer.from('set k 0 0 5\r\nhe')))).to.deep.equal([]);
    expect(reader.undecided).to.equal(0);
    expect(ends(reader.readRequests(Buffer.from('llo\r')))).to.deep.equal([]);
    expect(ends(reader.readRequests(Buffer.from('\nget k\r\n')))).to.deep.equal([1, 8]);
  });

  it('tells the requests after which the service closes', () => {
    const read = session({ requests: [{ request: '^QUIT$', closing: 'OK bye\n' }] }).readRequests(
      Buffer.from('QUIT\nRUN\n'),
    );
    expect(read).to.deep.equal([
      { end: 5, replies: 1, closing: Buffer.from('OK bye\n') },
      { end: 9, replies: 1 },
    ]);
  });

  it('takes a body in a reply of one line, and one in the last line', () => {
    const reader = session({
      replies: [
        { request: '^GET', body: { line: '^\\$(\\d+)$', length: 1 } },
        { request: '^MANY', until: '^last', body: { line: '(\\d+)$', length: 1 } },
      ],
    });
    reader.readRequests(Buffer.from('GET\nGET\nMANY\n'));
    expect(reader.readReplies(Buffer.from('$3\r\n\n\n\n\r\n$-1\r\nfirst 1\nx\nlast 2\nyz\n'))).to.deep.equal([
      9, 14, 34,
    ]);
    expect(reader.outstanding).to.equal(0);
  });
});

describe('LineDialect, in linear time', () => {
  const line = 'SUBMIT job 5\n';

  // One move of what is left for each line would move terabytes: far beyond the timeout of a test.
  it('a million lines in one read', () => {
    const reader = session({ replies: [{ request: '^LIST', until: '^END$' }] });
    const found = ends(reader.readRequests(Buffer.from(line.repeat(1_000_000))));
    expect(found).to.have.lengthOf(1_000_000);
    expect(found.at(-1)).to.equal(13_000_000);
    expect(reader.readReplies(Buffer.from('OK 1\n'.repeat(1_000_000)))).to.have.lengthOf(1_000_000);
  });

  it('a line of 64 KiB, byte by byte', () => {
    const reader = session();
    const byte = Buffer.from('x');
    for (let count = 0; count < 65_536; count += 1) reader.readRequests(byte);
    expect(ends(reader.readRequests(Buffer.from('\n')))).to.deep.equal([1]);
  });
});

describe('LineDialect, against a naive reader', () => {
  const alphabet = fc.constantFrom('a', 'LIST', '\n', '\r', '\r\n', '\0', 'END\n', ' ', 'PUT 3\n', 'xyz\n');

  /** Reads everything at once, with strings. */
  function naiveEnds(text: string): number[] {
    const found: number[] = [];
    for (let start = 0; ;) {
      const end = text.indexOf('\n', start) + 1;
      if (end === 0) return found;
      const body = text.slice(start, end) === 'PUT 3\n' ? 4 : text.slice(start, end) === 'PUT 3\r\n' ? 5 : 0;
      if (end + body > text.length) return found;
      found.push(end + body);
      start = end + body;
    }
  }

  it('finds the same requests in random input, cut at random', () => {
    const options = { requests: [{ request: '^PUT (\\d+)$', body: 1 }] };
    const property = fc.property(fc.array(fc.array(alphabet, { maxLength: 6 }), { maxLength: 12 }), (chunks) => {
      const reader = session(options);
      const found: number[] = [];
      let start = 0;
      for (const parts of chunks) {
        const chunk = Buffer.from(parts.join(''), 'latin1');
        for (const end of ends(reader.readRequests(chunk))) found.push(start + end);
        start += chunk.length;
      }
      expect(found).to.deep.equal(naiveEnds(chunks.flat().join('')));
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
