import { until } from '@lockstep/testkit';
import { expect } from 'chai';
import { RawClient } from './raw-client.fixture.js';
import { Relay } from './relay.fixture.js';
import { TestHttpService } from './test-service.fixture.js';

/** A request with these lines in its head, and what follows it. */
const head = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const get = (...fields: readonly string[]): string => head('GET / HTTP/1.1', 'Host: test', ...fields);
const post = (...fields: readonly string[]): string => head('POST / HTTP/1.1', 'Host: test', ...fields);
const chunked = (body: string, ...fields: readonly string[]): string =>
  post('Transfer-Encoding: chunked', ...fields) + body;

type Case = readonly [what: string, status: number, bytes: string];

const lengths: readonly Case[] = [
  ['Content-Length with Transfer-Encoding', 400, chunked('0\r\n\r\n', 'Content-Length: 5')],
  ['Transfer-Encoding with Content-Length', 400, post('Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['differing Content-Length', 400, post('Content-Length: 5', 'Content-Length: 6') + 'hello!'],
  ['repeated Content-Length', 400, post('Content-Length: 5', 'Content-Length: 5') + 'hello'],
  ['a list as Content-Length', 400, post('Content-Length: 5, 5') + 'hello'],
  ['a signed Content-Length', 400, post('Content-Length: +5') + 'hello'],
  ['a negative Content-Length', 400, post('Content-Length: -5') + 'hello'],
  ['a hexadecimal Content-Length', 400, post('Content-Length: 0x5') + 'hello'],
  ['an empty Content-Length', 400, post('Content-Length: ') + 'hello'],
  ['a huge Content-Length', 400, post('Content-Length: 18446744073709551617') + 'hello'],
];

const encodings: readonly Case[] = [
  ['chunked is not final', 400, post('Transfer-Encoding: chunked, gzip')],
  ['chunked is not there', 400, post('Transfer-Encoding: gzip')],
  ['identity', 400, post('Transfer-Encoding: identity')],
  ['chunked twice in a list', 400, chunked('0\r\n\r\n', 'Transfer-Encoding: chunked')],
  ['chunked twice', 400, post('Transfer-Encoding: chunked, chunked') + '0\r\n\r\n'],
  ['a coding besides chunked', 501, post('Transfer-Encoding: gzip, chunked') + '0\r\n\r\n'],
  ['almost chunked', 400, post('Transfer-Encoding: xchunked') + '0\r\n\r\n'],
  ['in HTTP/1.0', 400, head('POST / HTTP/1.0', 'Host: test', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['with a vertical tab', 400, post('Transfer-Encoding: \x0bchunked') + '0\r\n\r\n'],
  ['with a form feed', 400, post('Transfer-Encoding: chunked\x0c') + '0\r\n\r\n'],
  ['with a NUL', 400, post('Transfer-Encoding: chunked\0') + '0\r\n\r\n'],
];

const heads: readonly Case[] = [
  ['a field that goes on in a second line', 400, get('X-a: 1', ' 2')],
  ['a field that goes on after a tab', 400, get('X-a: 1', '\t2')],
  ['a first line that goes on', 400, head('GET / HTTP/1.1', ' Host: test')],
  ['a bare CR in a field', 400, get('X-a: 1\rX-b: 2')],
  ['a bare CR in the request line', 400, head('GET /\r HTTP/1.1', 'Host: test')],
  ['a bare LF between fields', 400, 'GET / HTTP/1.1\r\nHost: test\nX-a: 1\r\n\r\n'],
  ['a bare LF at the end', 400, 'GET / HTTP/1.1\r\nHost: test\r\n\n'],
  ['a bare LF behind the request line', 400, 'GET / HTTP/1.1\nHost: test\r\n\r\n'],
  ['white space before the colon', 400, get('X-a : 1')],
  ['white space before the colon of Content-Length', 400, post('Content-Length : 5') + 'hello'],
  ['an empty name', 400, get(': 1')],
  ['a name that is no token', 400, get('X(a): 1')],
  ['a name with a byte above ASCII', 400, get('X-\xe4: 1')],
  ['a field without a colon', 400, get('X-a')],
  ['a NUL in a value', 400, get('X-a: 1\0')],
  ['a delete character in a value', 400, get('X-a: \x7f')],
  ['no Host', 400, head('GET / HTTP/1.1', 'X-a: 1')],
  ['two Hosts', 400, get('Host: other')],
  ['the same Host twice', 400, get('Host: test')],
  ['a Host that is none', 400, head('GET / HTTP/1.1', 'Host: a b')],
  ['a target of another host', 400, head('GET http://other/ HTTP/1.1', 'Host: test')],
  ['Connection that names Host', 400, get('Connection: Host')],
  [
    'Connection that names Content-Length',
    400,
    post('Connection: close, content-length', 'Content-Length: 5') + 'hello',
  ],
];

const lines: readonly Case[] = [
  ['no version', 400, head('GET /', 'Host: test')],
  ['two spaces', 400, head('GET  / HTTP/1.1', 'Host: test')],
  ['a tab', 400, head('GET\t/ HTTP/1.1', 'Host: test')],
  ['a space at the end', 400, head('GET / HTTP/1.1 ', 'Host: test')],
  ['a space in the target', 400, head('GET /a b HTTP/1.1', 'Host: test')],
  ['a byte above ASCII in the target', 400, head('GET /\xe4 HTTP/1.1', 'Host: test')],
  ['a target without a slash', 400, head('GET index.html HTTP/1.1', 'Host: test')],
  ['an asterisk that is not for OPTIONS', 400, head('GET * HTTP/1.1', 'Host: test')],
  ['a method that is no token', 400, head('G@T / HTTP/1.1', 'Host: test')],
  ['a version in lower case', 400, head('GET / http/1.1', 'Host: test')],
  ['HTTP/1.2', 505, head('GET / HTTP/1.2', 'Host: test')],
  ['HTTP/0.9', 505, head('GET / HTTP/0.9', 'Host: test')],
  ['the preface of HTTP/2', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['CONNECT', 501, head('CONNECT test:80 HTTP/1.1', 'Host: test')],
  ['TLS', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
];

const chunks: readonly Case[] = [
  ['a size with a sign', 400, chunked('+5\r\nhello\r\n0\r\n\r\n')],
  ['a negative size', 400, chunked('-5\r\nhello\r\n0\r\n\r\n')],
  ['a size with 0x', 400, chunked('0x5\r\nhello\r\n0\r\n\r\n')],
  ['an empty size', 400, chunked('\r\nhello\r\n0\r\n\r\n')],
  ['a size with white space before it', 400, chunked(' 5\r\nhello\r\n0\r\n\r\n')],
  ['a size that overflows', 400, chunked('10000000000000005\r\nhello\r\n0\r\n\r\n')],
  ['no CRLF behind a chunk', 400, chunked('5\r\nhello0\r\n\r\n')],
  ['LF behind a chunk', 400, chunked('5\r\nhello\n0\r\n\r\n')],
  ['LF behind a size', 400, chunked('5\nhello\r\n0\r\n\r\n')],
  ['LF in an extension', 400, chunked('5;a=\nb\r\nhello\r\n0\r\n\r\n')],
  ['CR in an extension', 400, chunked('5;a=\rb\r\nhello\r\n0\r\n\r\n')],
  ['something behind a size that is no extension', 400, chunked('5 a\r\nhello\r\n0\r\n\r\n')],
  ['an extension that is too long', 400, chunked(`5;${'a'.repeat(2000)}\r\nhello\r\n0\r\n\r\n`)],
  ['too many extensions', 400, chunked(`1;${'a'.repeat(900)}\r\nx\r\n`.repeat(30) + '0\r\n\r\n')],
  ['a trailer that is none', 400, chunked('0\r\nX-a\r\n\r\n')],
  ['a trailer that goes on', 400, chunked('0\r\nX-a: 1\r\n 2\r\n\r\n')],
  ['trailers that are too long', 431, chunked(`0\r\nX-a: ${'a'.repeat(20_000)}\r\n\r\n`)],
];

const sizes: readonly Case[] = [
  ['a request line that is too long', 431, head(`GET /${'a'.repeat(20_000)} HTTP/1.1`, 'Host: test')],
  ['a request line without end', 431, 'a'.repeat(20_000)],
  ['a field that is too long', 431, get(`X-a: ${'a'.repeat(20_000)}`)],
  ['fields that are too long together', 431, get(...Array<string>(50).fill(`X-a: ${'a'.repeat(400)}`))],
  ['too many fields', 431, get(...Array<string>(100).fill('X-a: 1'))],
  ['empty lines without end', 431, '\r\n'.repeat(10_000)],
];

const catalogue = { lengths, encodings, heads, lines, chunks, sizes };

describe('HTTP, bad input: refused, closed, and never ordered', () => {
  let service: TestHttpService;
  let relay: Relay;
  let address: string;
  let bystander: RawClient;

  before(async () => {
    service = await TestHttpService.listen();
    relay = new Relay({ service: service.address });
    address = await relay.listen();
    bystander = new RawClient(address);
    await askAs(bystander, '/before');
  });

  after('nothing is left open', async () => {
    bystander.close();
    await until('all channels are closed', () => relay.openChannels === 0);
    await relay.close();
    await service.close();
  });

  for (const [group, cases] of Object.entries(catalogue)) {
    describe(group, () => {
      for (const [what, status, bytes] of cases) {
        it(`${what}: ${status}`, async () => {
          const connections = relay.connections.length;
          const requests = service.requests.length;
          const refusals = relay.logger.records.length;
          const client = new RawClient(address);
          client.write(bytes);
          const received = await client.untilClosed();
          expect(received).to.match(new RegExp(`^HTTP/1\\.1 ${status} [A-Z].*Connection: close\r\n\r\n[^\n]+\n$`, 's'));
          expect(client.incoming).to.equal('ended');
          expect(relay.connections, 'virtual connections').to.have.lengthOf(connections);
          await askAs(bystander, '/bystander');
          expect(service.requests.slice(requests)).to.deep.equal(['GET /bystander']);
          expect(relay.logger.records.slice(refusals)).to.have.lengthOf(1);
          expect(relay.logger.records.at(-1)?.fields).to.include({ code: 'ERR_LOCKSTEP_INPUT_REFUSED', status });
        });
      }
    });
  }

  it('behind good requests: these are answered first', async () => {
    const requests = service.requests.length;
    const client = new RawClient(address);
    client.write(head('GET /one HTTP/1.1', 'Host: test'), head('GET /two HTTP/1.1', 'Host: test'), get('X-a : 1'));
    client.write(head('GET /never HTTP/1.1', 'Host: test'));
    const received = await client.untilClosed();
    expect(received.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(service.requests.slice(requests)).to.deep.equal(['GET /one', 'GET /two']);
  });

  it('a body that is streamed and turns out to be malformed breaks only its own connection', async () => {
    const streaming = new Relay({ service: service.address, options: { gatherBytes: 0 } });
    const client = new RawClient(await streaming.listen());
    client.write(chunked('5\r\nhello\r\n'));
    await until('the head is ordered', () => streaming.connections.length === 1);
    client.write('+5\r\nhello\r\n0\r\n\r\n');
    expect(await client.untilClosed()).to.match(/^(HTTP\/1\.1 400 .*)?$/s);
    await until('all channels are closed', () => streaming.openChannels === 0);
    await streaming.close();
    await askAs(bystander, '/after');
  });
});

/** Asks over a connection that stays open. */
async function askAs(client: RawClient, path: string): Promise<void> {
  client.received = '';
  client.write(head(`GET ${path} HTTP/1.1`, 'Host: test'));
  await client.untilReceived('"bytes":0}');
}
