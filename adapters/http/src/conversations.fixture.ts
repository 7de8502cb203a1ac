import { parseAddress } from '@lockstep/sockets';
import type { ConversationHarness } from '@lockstep/testkit';
import { RecordingLogger } from '@lockstep/testkit';
import { expect } from 'chai';
import { HttpClientFace } from './client/http-client-face.js';
import { parseOptions } from './options.js';
import { RawClient, undated } from './raw-client.fixture.js';
import { HttpServiceFace, type HttpServiceTerms } from './service/http-service-face.js';
import { TestHttpService } from './test-service.fixture.js';

/** Both faces, and clients that say everything that HTTP knows. */
export function httpConversation(terms: HttpServiceTerms, options: object = {}): ConversationHarness {
  const parsed = parseOptions(options);
  return {
    createClientFace: () => new HttpClientFace(parseAddress('127.0.0.1:0')!, parsed, new RecordingLogger()),
    createServiceFace: (address) => new HttpServiceFace(parseAddress(address)!, parsed, terms),
    serve: () => TestHttpService.listen(),
    converse: async (address, seed) => {
      await Promise.all([
        ...[playPipeline, playBodies, playFramings, playOldClient, playContinue, playTunnel, playRefusedTunnel].map(
          (play) => play(address, seed),
        ),
        playEvents(address),
        // A service that breaks off one response of several under way counts as lost.
        ...(parsed.pipelining === 1 ? [playCut(address)] : []),
        playVanishing(address, seed),
      ]);
    },
  };
}

const host = 'Host: test\r\n';
const last = `GET /last HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;

/** What the service answers that was asked for something that it has no handler for. */
function told(
  method: string,
  url: string,
  headers: readonly string[],
  bytes = 0,
  trailers: readonly string[] = [],
): string {
  const body = JSON.stringify({ method, url, rawHeaders: ['Host', 'test', ...headers], rawTrailers: trailers, bytes });
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

async function playPipeline(address: string, seed: number): Promise<void> {
  const client = new RawClient(address);
  const urls = Array.from({ length: 20 }, (_, index) => `/told/${seed}/${index}`);
  client.write(...urls.map((url) => `GET ${url} HTTP/1.1\r\n${host}X-a: 1\r\nx-A:  2 \r\n\r\n`));
  client.write(`GET /told/${seed}/bye HTTP/1.1\r\n${host}Connection: close, X-hop\r\nX-hop: 1\r\n\r\n`);
  const bye = told('GET', `/told/${seed}/bye`, []).replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
  const expected = urls.map((url) => told('GET', url, ['X-a', '1', 'x-A', '2'])).join('') + bye;
  expect(undated(await client.untilClosed())).to.equal(expected);
}

async function playBodies(address: string, seed: number): Promise<void> {
  const client = new RawClient(address);
  const body = 'y'.repeat(80_000 + seed);
  client.write(`POST /echo HTTP/1.1\r\n${host}Content-Length: ${body.length}\r\n\r\n`);
  for (let offset = 0; offset < body.length; offset += 30_000) client.write(body.slice(offset, offset + 30_000));
  client.write(`GET /long/100000 HTTP/1.1\r\n${host}\r\n`);
  client.write(`PUT /told HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`);
  client.write('5;ext=1\r\nhello\r\n', '0A\r\n, world ok\r\n', '0\r\nX-Sum: 15\r\nHost: no\r\n\r\n');
  client.write(last);
  const received = undated(await client.untilClosed());
  const [echoed = '', long = '', put = '', bye] = received.split('HTTP/1.1 200 OK\r\n').slice(1);
  expect(unchunked(echoed)).to.equal(body);
  expect(long).to.equal(`Content-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`);
  expect(put).to.contain('"bytes":15').and.to.contain('"rawTrailers":["X-Sum","15"]');
  expect(bye).to.equal('Content-Length: 4\r\nConnection: close\r\n\r\nlast');
}

async function playFramings(address: string, seed: number): Promise<void> {
  const client = new RawClient(address);
  const ask = (method: string, path: string): void => client.write(`${method} ${path} HTTP/1.1\r\n${host}\r\n`);
  ask('HEAD', `/long/${seed}`);
  ask('GET', '/nothing');
  ask('GET', '/unchanged');
  ask('GET', '/early');
  ask('GET', '/spelling');
  ask('GET', '/chunks');
  client.write(last);
  const received = undated(await client.untilClosed());
  const [head, nothing, unchanged, hints, hinted, spelling, chunks = ''] = received.split('HTTP/1.1 ').slice(1);
  expect(head).to.match(new RegExp(`^200 OK\r\n(Content-Length: ${seed}\r\n)?\r\n$`));
  expect(nothing).to.equal('204 No Content\r\n\r\n');
  expect(unchanged).to.equal('304 Not Modified\r\nETag: "same"\r\nContent-Length: 5\r\n\r\n');
  expect(hints).to.match(/^103 Early Hints\r\nLink: <\/style\.css>; rel=preload\r\n\r\n$/i);
  expect(hinted).to.equal('200 OK\r\nContent-Length: 6\r\n\r\nhinted');
  expect(spelling).to.equal('200 Just Fine\r\nX-One: a\r\nx-TWO: b\r\nX-One: c\r\nContent-Length: 0\r\n\r\n');
  expect(chunks).to.match(/^200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n/);
  expect(unchunked(chunks)).to.equal('one two threeX-Sum: 3');
}

/** A client that knows no chunks, and sends an end behind its request. */
async function playOldClient(address: string, seed: number): Promise<void> {
  const client = new RawClient(address);
  client.write(`GET /told/${seed} HTTP/1.0\r\n${host}Connection: keep-alive\r\n\r\nGET /chunks HTTP/1.0\r\n\r\n`);
  client.socket.end();
  const first = told('GET', `/told/${seed}`, []).replace('\r\n\r\n', '\r\nConnection: keep-alive\r\n\r\n');
  const second = 'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\none two three';
  expect(undated(await client.untilClosed())).to.equal(first + second);
}

async function playContinue(address: string, seed: number): Promise<void> {
  const client = new RawClient(address);
  client.write(`POST /told/${seed} HTTP/1.1\r\n${host}Content-Length: 6\r\nExpect: 100-continue\r\n\r\n`);
  await client.untilReceived('HTTP/1.1 100 Continue\r\n\r\n');
  client.write('abc');
  await new Promise((resolve) => setImmediate(resolve));
  client.write('def', last);
  const received = undated(await client.untilClosed());
  const answer = told('POST', `/told/${seed}`, ['Content-Length', '6', 'Expect', '100-continue'], 6);
  expect(received)
    .to.match(/^HTTP\/1\.1 100 Continue\r\n\r\n/)
    .and.to.contain(answer);
}

async function playTunnel(address: string, seed: number): Promise<void> {
  const client = new RawClient(address);
  client.write(`GET /first HTTP/1.1\r\n${host}\r\n`);
  client.write(`GET /shout HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: shout/1\r\n\r\nearly;`);
  await client.untilReceived('ready;EARLY;');
  client.write(`seed ${seed};`);
  await client.untilReceived(`SEED ${seed};`);
  client.write('z'.repeat(60_000));
  client.socket.end();
  const received = undated(await client.untilClosed());
  const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: shout/1\r\nConnection: Upgrade\r\n\r\n';
  const said = `ready;EARLY;SEED ${seed};${'Z'.repeat(60_000)}bye;`;
  expect(received).to.equal(told('GET', '/first', []) + switched + said);
}

async function playRefusedTunnel(address: string): Promise<void> {
  const client = new RawClient(address);
  client.write(`GET /refuse HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: shout/1\r\n\r\n`);
  await client.untilReceived('\r\n\r\nno');
  client.socket.end();
  const refused = /^HTTP\/1\.1 403 Forbidden\r\nContent-Length: 2\r\n(Connection: close\r\n)?\r\nno$/;
  expect(undated(await client.untilClosed())).to.match(refused);
}

/** Events without end, which the client has enough of at some time. */
async function playEvents(address: string): Promise<void> {
  const client = new RawClient(address);
  client.write(`GET /events/10 HTTP/1.1\r\n${host}Accept: text/event-stream\r\n\r\n`);
  await client.untilReceived('#');
  const other = new RawClient(address);
  other.write(last);
  await other.untilClosed();
  client.socket.end();
  await client.untilClosed();
}

/** A response that the service breaks off is broken off for the client. */
async function playCut(address: string): Promise<void> {
  const client = new RawClient(address);
  client.write(`GET /cut HTTP/1.1\r\n${host}\r\n`);
  expect(await client.untilClosed()).to.match(/Content-Length: 100\r\n.*\r\n\r\nnot a hundred$/s);
}

/** A client that goes away within a request, which the service never sees. */
async function playVanishing(address: string, seed: number): Promise<void> {
  const client = new RawClient(address);
  client.write(`GET /told/${seed} HTTP/1.1\r\n${host}\r\n`);
  await client.untilReceived('"bytes":0}');
  client.write(`POST /told/never HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nhalf`);
  await new Promise((resolve) => setImmediate(resolve));
  client.socket.resetAndDestroy();
}

/** The body of a response in chunks, and its trailers. */
function unchunked(response: string): string {
  let rest = response.slice(response.indexOf('\r\n\r\n') + 4);
  let body = '';
  for (;;) {
    const [line = ''] = rest.split('\r\n', 1);
    const size = Number.parseInt(line, 16);
    rest = rest.slice(line.length + 2);
    if (!(size > 0)) return body + rest.replaceAll('\r\n', '');
    body += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
}
