import { createServer, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { HttpClientFace, HttpServiceFace } from '@lockstep/adapter-http';
import { parseAddress } from '@lockstep/sockets';
import { pattern, RecordingLogger, type ConversationHarness, type ConversationService } from '@lockstep/testkit';
import { expect } from 'chai';
import { WebSocket, WebSocketServer } from 'ws';
import { parseOptions } from './options.js';
import { WebSocketClientFace } from './web-socket-client-face.js';
import { WebSocketServiceFace } from './web-socket-service-face.js';

/** Both faces, as the module makes them, on any free port. */
export function createClientFace(options: unknown = {}, logger = new RecordingLogger()): WebSocketClientFace {
  const listen = parseAddress('127.0.0.1:0')!;
  const parsed = parseOptions(options);
  return new WebSocketClientFace(
    (onUpgrade) => new HttpClientFace(listen, parsed.http, logger, onUpgrade),
    parsed,
    logger,
  );
}

export function createServiceFace(address: string, gate: 'probe' | 'none' = 'probe'): WebSocketServiceFace {
  const connect = parseAddress(address)!;
  const http = new HttpServiceFace(connect, parseOptions().http, {
    gate: gate === 'none' ? 'none' : 'reply',
    connections: 'dedicated',
  });
  return new WebSocketServiceFace(http, connect, gate);
}

/** A service made with `ws`, which does what it is told, and its clients, which check it. */
export const conversations: Pick<ConversationHarness, 'serve' | 'converse'> = {
  serve: serveWebSockets,
  // Two at a time: four seeds in a row play everything.
  converse: async (address, seed) => {
    const first = (seed % 4) * 2;
    await Promise.all(plays.slice(first, first + 2).map((play) => play(address, seed)));
  },
};

/** The commands are words of text; everything binary comes back. */
async function serveWebSockets(): Promise<ConversationService> {
  const server = createServer((_, response) => response.end('not a WebSocket'));
  const sockets = new WebSocketServer({
    server,
    maxPayload: 8 * 1024 * 1024,
    handleProtocols: (offered) => (offered.has('second') ? 'second' : false),
    verifyClient: ({ req }, verified) => verified(req.url !== '/refuse', 403, 'not for you', { 'x-why': 'because' }),
  });
  sockets.on('connection', (socket, { url }) => {
    socket.send(`hello ${url}`);
    socket.on('error', () => undefined);
    socket.on('message', (payload: Buffer, isBinary) => {
      if (isBinary) return socket.send(payload);
      const [command = '', first = '', ...rest] = payload.toString().split(' ');
      if (command === 'push') for (let count = 0; count < Number(first); count += 1) socket.send(`push ${count}`);
      if (command === 'long') socket.send(pattern(Number(first)));
      if (command === 'close') socket.close(Number(first), rest.join(' '));
      if (command === 'break') socket.terminate();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A client that keeps what comes. */
export class TestClient {
  readonly received: (string | Uint8Array)[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(address: string, path = '/', protocols: string[] = []) {
    this.socket = new WebSocket(`ws://${address}${path}`, protocols);
    this.socket.on('message', (payload: Buffer, isBinary) => {
      this.received.push(isBinary ? new Uint8Array(payload) : payload.toString());
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Waits until so many messages have come. @throws Error if the connection is closed before */
  async untilReceived(count: number): Promise<void> {
    while (this.received.length < count) {
      const over = this.closed.then(({ code }) => {
        if (this.received.length < count) {
          throw new Error(`closed with ${code} after ${this.received.length} of ${count} messages`);
        }
      });
      await Promise.race([once(this.socket, 'message'), over]);
    }
  }
}

async function playEcho(address: string, seed: number): Promise<void> {
  const client = new TestClient(address, `/echo?seed=${seed}`, ['first', 'second']);
  await client.untilReceived(1);
  expect(client.received).to.deep.equal([`hello /echo?seed=${seed}`]);
  expect(client.socket.protocol).to.equal('second');
  const sizes = [0, 0, 1, 2, 0, 125, 126, 65_534, 65_535, 65_536, 65_537, 131_072, 200_000, seed];
  for (const size of sizes) client.socket.send(pattern(size));
  await client.untilReceived(1 + sizes.length);
  for (const [index, size] of sizes.entries()) {
    expect(Buffer.compare(client.received[1 + index] as Uint8Array, pattern(size)), `echo of ${size}`).to.equal(0);
  }
  client.socket.close(4000 + seed, 'so long ✓');
  expect(await client.closed).to.deep.equal({ code: 4000 + seed, reason: 'so long ✓' });
}

async function playPushes(address: string, seed: number): Promise<void> {
  const client = new TestClient(address);
  await client.untilReceived(1);
  client.socket.send(`push ${100 + seed}`);
  // What a service has answered before it is told to close arrives before the close.
  client.socket.close(1000);
  expect(await client.closed).to.deep.equal({ code: 1000, reason: '' });
  const pushes = Array.from({ length: 100 + seed }, (_, count) => `push ${count}`);
  expect(client.received.slice(1)).to.deep.equal(pushes);
}

async function playLong(address: string): Promise<void> {
  const client = new TestClient(address);
  await client.untilReceived(1);
  client.socket.send('long 1500000');
  await client.untilReceived(2);
  expect(Buffer.compare(client.received[1] as Uint8Array, pattern(1_500_000))).to.equal(0);
  client.socket.close();
  expect(await client.closed).to.deep.equal({ code: 1005, reason: '' });
}

async function playServiceCloses(address: string, seed: number): Promise<void> {
  const client = new TestClient(address);
  await client.untilReceived(1);
  client.socket.send(`close ${3000 + seed} no more of this`);
  expect(await client.closed).to.deep.equal({ code: 3000 + seed, reason: 'no more of this' });
}

async function playServiceBreaks(address: string): Promise<void> {
  const client = new TestClient(address);
  await client.untilReceived(1);
  client.socket.send('break');
  expect((await client.closed).code).to.equal(1006);
}

async function playClientBreaks(address: string): Promise<void> {
  const client = new TestClient(address);
  await client.untilReceived(1);
  client.socket.send('push 10');
  client.socket.terminate();
  expect((await client.closed).code).to.equal(1006);
}

async function playRefusal(address: string): Promise<void> {
  const socket = new WebSocket(`ws://${address}/refuse`);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  expect(response.statusCode).to.equal(403);
  expect(response.headers['x-why']).to.equal('because');
  expect(await textOf(response)).to.equal('not for you');
}

/** A plain request on the same port. */
async function playRequest(address: string): Promise<void> {
  const asked = request(`http://${address}/page`, { agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  expect(response.statusCode).to.equal(200);
  expect(await textOf(response)).to.equal('not a WebSocket');
}

const plays: readonly ((address: string, seed: number) => Promise<void>)[] = [
  playEcho,
  playServiceCloses,
  playPushes,
  playRefusal,
  playLong,
  playServiceBreaks,
  playClientBreaks,
  playRequest,
];

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
