import fc from 'fast-check';

const oneOf = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

/** Bytes, one character for each. */
const noise = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

const chunk = fc.oneof(
  {
    weight: 6,
    arbitrary: noise.filter((text) => text !== '').map((text) => `${text.length.toString(16)}\r\n${text}\r\n`),
  },
  {
    weight: 1,
    arbitrary: oneOf(
      '3;a=b\r\nabc\r\n',
      '03\r\nabc\r\n',
      '+3\r\nabc\r\n',
      '3\r\nabcd\r\n',
      '3\nabc\r\n',
      '0x3\r\nabc\r\n',
    ),
  },
);
const chunks = fc
  .tuple(
    fc.array(chunk, { maxLength: 4 }),
    oneOf('0\r\n\r\n', '0\r\nX-a: 1\r\n\r\n', '0\r\nHost: x\r\n\r\n', '0\r\nX-a\r\n\r\n'),
  )
  .map(([parts, end]) => parts.join('') + end);

const framing = fc.oneof(
  { weight: 4, arbitrary: fc.constant(['', ''] as const) },
  { weight: 4, arbitrary: noise.map((body) => [`Content-Length: ${body.length}\r\n`, body] as const) },
  { weight: 4, arbitrary: chunks.map((body) => ['Transfer-Encoding: chunked\r\n', body] as const) },
  {
    weight: 2,
    arbitrary: oneOf(
      'Content-Length: 3\r\nContent-Length: 3\r\n',
      'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n',
      'Transfer-Encoding: gzip, chunked\r\n',
      'Transfer-Encoding: chunked, chunked\r\n',
      'Transfer-Encoding:\tCHUNKED \r\n',
      'Content-Length: +3\r\n',
      'Content-Length : 3\r\n',
      'Content-Length: 3, 3\r\n',
      'Content-Length:\r\n',
      'Content-Length: 003\r\n',
    ).map((fields) => [fields, 'abc'] as const),
  },
);

const field = fc.oneof(
  {
    weight: 8,
    arbitrary: oneOf(
      'X-a: 1\r\n',
      'x-A:2\r\n',
      'Connection: close\r\n',
      'Connection: keep-alive, X-a\r\n',
      'TE: trailers\r\n',
    ),
  },
  {
    weight: 1,
    arbitrary: oneOf(
      ' folded\r\n',
      'X a: 1\r\n',
      'X-a\r\n',
      'X-a: 1\n',
      'X-a: \0\r\n',
      'Host: other\r\n',
      'Expect: 100-continue\r\n',
    ),
  },
  { weight: 1, arbitrary: noise },
);
const fields = fc.array(field, { maxLength: 3 }).map((all) => all.join(''));

const requestLine = fc.oneof(
  {
    weight: 8,
    arbitrary: oneOf(
      'GET / HTTP/1.1',
      'POST /a?b HTTP/1.1',
      'HEAD / HTTP/1.1',
      'OPTIONS * HTTP/1.1',
      'PUT /x HTTP/1.0',
    ),
  },
  { weight: 1, arbitrary: oneOf('GET  / HTTP/1.1', 'GET / HTTP/1.2', 'GET /', '\r\nGET / HTTP/1.1', 'G T / HTTP/1.1') },
);
const statusLine = fc.oneof(
  {
    weight: 8,
    arbitrary: oneOf(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 204 No Content',
      'HTTP/1.1 100 Continue',
      'HTTP/1.0 404',
      'HTTP/1.1 304 ',
    ),
  },
  { weight: 1, arbitrary: oneOf('HTTP/1.1 20 OK', 'HTTP/2 200 OK', 'HTTP/1.1  200', 'HTTP/1.1 101 Now') },
);

function messages(startLine: fc.Arbitrary<string>, host: string): fc.Arbitrary<string> {
  const message = fc
    .tuple(startLine, fields, framing)
    .map(([start, other, [framed, body]]) => `${start}\r\n${host}${other}${framed}\r\n${body}`);
  return fc
    .array(fc.oneof({ weight: 12, arbitrary: message }, { weight: 1, arbitrary: noise }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((all) => all.join(''));
}

/** Requests one behind the other, most of them good, as they may come from anybody. */
export const arbitraryRequests = messages(requestLine, 'Host: test\r\n');

/** Responses one behind the other, most of them good. */
export const arbitraryResponses = messages(statusLine, '');

/** Where to cut a text: at these offsets, modulo its length. */
export const arbitraryCuts = fc.array(fc.nat(), { maxLength: 12 });

/** The bytes of a text, cut. */
export function cut(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const offsets = [...new Set(cuts.map((offset) => offset % (bytes.byteLength + 1)))].sort((one, other) => one - other);
  const starts = [0, ...offsets];
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1] ?? bytes.byteLength));
}
