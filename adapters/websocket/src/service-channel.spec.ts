import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pattern, turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { type WebSocket, WebSocketServer } from 'ws';
import { createServiceFace } from './conversations.fixture.js';
import { UnitRecorder } from './unit-recorder.fixture.js';
import { pieceBytesMax } from './units.js';

const handshake = {
  kind: 'handshake',
  request: { target: '/chat', rawHeaders: ['Host', 'chat.example', 'Sec-WebSocket-Protocol', 'a, b', 'X-Own', '1'] },
} as const;

describe('WebSocket, a connection to the service', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let address: string;
  /** How each of the service's connections was closed, and what was said on it. */
  let closes: string[];
  let messages: string[];

  beforeEach(async () => {
    closes = [];
    messages = [];
    server = createServer((_, response) => response.end('page'));
    sockets = new WebSocketServer({
      server,
      verifyClient: ({ req }, verified) => verified(req.url !== '/refuse', 401, 'no '.repeat(50_000)),
    });
    sockets.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.on('close', (code, reason) => closes.push(`${code} ${reason.toString()}`));
      socket.on('message', (payload: Buffer) => messages.push(payload.toString()));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function converse(gate?: 'probe' | 'none') {
    const channel = createServiceFace(address, gate).connect();
    const connection = new UnitRecorder(channel);
    const connected = once(sockets, 'connection') as Promise<[WebSocket, IncomingMessage]>;
    connection.send(handshake);
    const [socket, request] = await connected;
    await until('it is accepted', () => connection.units.length === 1);
    return { channel, connection, socket, request };
  }

  it('asks as the client has asked, with a key of its own', async () => {
    const { connection, request, socket } = await converse();
    expect(request.url).to.equal('/chat');
    expect(request.headers).to.include({ host: 'chat.example', 'x-own': '1', 'sec-websocket-version': '13' });
    expect(request.headers).not.to.have.property('sec-websocket-extensions');
    expect(socket.protocol).to.equal('a');
    expect(connection.units).to.deep.equal([{ kind: 'accepted', rawHeaders: ['Sec-WebSocket-Protocol', 'a'] }]);
    connection.channel.reset();
  });

  it('gate probe: busy until the service has come as far as what was sent', async () => {
    const { channel, connection, socket } = await converse();
    expect(channel.busy).to.equal(true);
    await until('the handshake is over', () => connection.events.includes('idle'));
    socket.pause();
    connection.sendMessage('one');
    connection.sendMessage('two');
    expect(channel.busy).to.equal(true);
    await turns(20);
    expect({ busy: channel.busy, messages }).to.deep.equal({ busy: true, messages: [] });
    socket.resume();
    await until('it is idle', () => connection.events.filter((event) => event === 'idle').length === 2);
    expect({ busy: channel.busy, messages }).to.deep.equal({ busy: false, messages: ['one', 'two'] });
    connection.channel.reset();
  });

  it('gate probe: a close is finished when the service has closed', async () => {
    const { channel, connection } = await converse();
    connection.send({ kind: 'close', code: 4001, reason: Buffer.from('done') });
    connection.channel.end();
    expect(channel.busy).to.equal(true);
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(closes).to.deep.equal(['4001 done']);
    expect(connection.units.at(-1)).to.deep.equal({ kind: 'close', code: 4001, reason: Buffer.from('done') });
    expect(connection.events.slice(-2)).to.deep.equal(['end', 'closed']);
    expect(channel.busy).to.equal(false);
  });

  it('reaches a service on a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
    const path = join(folder, 'chat.sock');
    const local = createServer();
    new WebSocketServer({ server: local }).on('connection', (socket) => socket.close(4000));
    local.listen(path);
    await once(local, 'listening');
    const connection = new UnitRecorder(createServiceFace(`unix:${path}`).connect());
    connection.send(handshake);
    await until('it is told', () => connection.events.includes('end'));
    expect(connection.units.at(-1)).to.include({ kind: 'close', code: 4000 });
    connection.channel.reset();
    await new Promise((resolve) => local.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('gate none: never busy', async () => {
    const { channel, connection } = await converse('none');
    connection.sendMessage('one');
    expect(channel.busy).to.equal(false);
    connection.channel.reset();
  });

  it('what is sent before the service has answered is kept', async () => {
    const connection = new UnitRecorder(createServiceFace(address).connect());
    connection.send(handshake);
    connection.sendMessage('early');
    connection.send({ kind: 'close', code: 1000, reason: new Uint8Array() });
    connection.channel.end();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(messages).to.deep.equal(['early']);
    expect(connection.takenUnits).to.equal(3);
  });

  it('a long message arrives as one, and leaves as one', async () => {
    const { connection, socket } = await converse();
    socket.on('message', (payload: Buffer) => socket.send(payload));
    const payload = pattern(3 * pieceBytesMax + 5);
    connection.sendMessage(payload);
    await until('it has come back', () => connection.messages.length === 1);
    expect(connection.messages[0]).to.equal(Buffer.from(payload).toString('hex'));
    connection.channel.reset();
  });

  it('a client that is gone leaves without a close frame, when the service has read what it said', async () => {
    const { connection } = await converse();
    connection.sendMessage('last words');
    connection.channel.end();
    await until('the service knows', () => closes.length === 1);
    expect({ messages, closes }).to.deep.equal({ messages: ['last words'], closes: ['1006 '] });
    await until('it is closed', () => connection.events.at(-1) === 'closed');
  });

  it('a service that breaks off is a reset', async () => {
    const { connection, socket } = await converse();
    socket.terminate();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['open', 'reset', 'closed']);
  });

  it('a refusal is passed on with its whole body', async () => {
    const connection = new UnitRecorder(createServiceFace(address).connect());
    connection.send({ kind: 'handshake', request: { target: '/refuse', rawHeaders: ['Host', 'a'] } });
    await until('it has ended', () => connection.events.includes('end'));
    expect(connection.units[0]).to.include({ kind: 'refused', status: 401 });
    expect(Buffer.concat(connection.body).byteLength).to.equal(150_000);
    connection.channel.end();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['open', 'end', 'closed']);
  });

  it('while it is paused, a refusal’s body stays with the service', async () => {
    const connection = new UnitRecorder(createServiceFace(address).connect());
    connection.send({ kind: 'handshake', request: { target: '/refuse', rawHeaders: ['Host', 'a'] } });
    connection.channel.pause();
    await turns(50);
    expect(connection.units).to.deep.equal([]);
    connection.channel.resume();
    await until('it has ended', () => connection.events.includes('end'));
    expect(Buffer.concat(connection.body).byteLength).to.equal(150_000);
    connection.channel.end();
  });

  it('a service that is not there is a reset that says what to do', async () => {
    const free = createTcpServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await once(free.close(), 'close');
    const connection = new UnitRecorder(createServiceFace(`127.0.0.1:${port}`).connect());
    connection.send(handshake);
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.resetReason).to.have.property('code', 'ERR_LOCKSTEP_SERVICE_UNREACHABLE');
  });

  for (const [what, answer] of [
    ['another key', 'Upgrade: websocket\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ['another protocol', 'Upgrade: h2c'],
  ] as const) {
    it(`a service that answers with ${what} is a reset`, async () => {
      const odd = createTcpServer((socket) => {
        socket.on('error', () => undefined).resume();
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n${answer}\r\n\r\n`);
      });
      odd.listen(0, '127.0.0.1');
      await once(odd, 'listening');
      const connection = new UnitRecorder(
        createServiceFace(`127.0.0.1:${(odd.address() as AddressInfo).port}`).connect(),
      );
      connection.send(handshake);
      await until('it is closed', () => connection.events.at(-1) === 'closed');
      expect(connection.events).to.deep.equal(['open', 'reset', 'closed']);
      await new Promise((resolve) => odd.close(resolve));
    });
  }

  it('a reset before the first unit closes what has never begun', async () => {
    const connection = new UnitRecorder(createServiceFace(address).connect());
    connection.channel.reset();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['closed']);
  });

  it('a reset before the service has answered breaks the connection to it', async () => {
    const connection = new UnitRecorder(createServiceFace(address).connect());
    connection.send(handshake);
    connection.channel.reset();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.units).to.deep.equal([]);
  });
});
