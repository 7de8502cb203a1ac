import { once } from 'node:events';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Channel, Segment } from '@lockstep/contracts';
import { parseAddress } from '@lockstep/sockets';
import { RecordingLogger, turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { parseOptions } from '../options.js';
import { RawClient } from '../raw-client.fixture.js';
import { RecordedChannel } from '../recorded-channel.fixture.js';
import { responseHead as head } from '../service/scripted-service.fixture.js';
import { encodeBody, encodeEnd } from '../units/unit-codec.js';
import { HttpClientFace } from './http-client-face.js';
import type { UpgradeHook, UpgradeRequest } from './upgrade-hook.js';

const get = (path: string, ...fields: readonly string[]): string =>
  `${[`GET ${path} HTTP/1.1`, 'Host: test', ...fields].join('\r\n')}\r\n\r\n`;

const text = (value: string): Segment => encodeBody(Buffer.from(value));

describe('HttpClientFace', () => {
  let face: HttpClientFace;
  let channels: RecordedChannel[];
  let client: RawClient;
  let folder: string | undefined;

  async function start(options: object = {}, onUpgrade?: UpgradeHook, address = '127.0.0.1:0'): Promise<void> {
    face = new HttpClientFace(parseAddress(address)!, parseOptions(options), new RecordingLogger(), onUpgrade);
    channels = [];
    const listening = await face.listen((channel: Channel) => channels.push(new RecordedChannel(channel)));
    client = new RawClient(listening);
  }

  afterEach(async () => {
    client.close();
    for (const channel of channels) if (!channel.isOver) channel.channel.reset();
    await until('all channels are closed', () => channels.every(({ isClosed }) => isClosed));
    await face.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  });

  async function firstChannel(): Promise<RecordedChannel> {
    await until('a request is ordered', () => channels.length > 0);
    return channels[0]!;
  }

  it('counts a head one unit, a byte of a body one, and the end of chunks one', async () => {
    await start();
    client.write(get('/'), 'PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello');
    client.write('PUT / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n4\r\nyyyy\r\n0\r\n\r\n');
    const channel = await firstChannel();
    await until('all has come', () => channel.segments.length === 6);
    expect(channel.segments.map(({ length }) => length)).to.deep.equal([1, 1, 5, 1, 5, 1]);
    for (const { length, payload } of channel.segments) {
      if (length === 1) expect(payload.byteLength).to.be.greaterThan(1);
      else expect(payload.byteLength).to.equal(length);
    }
  });

  it('gathers a body before it orders the head, and streams what is longer', async () => {
    await start({ gatherBytes: 10 });
    client.write('PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 30\r\n\r\n', '0123456789');
    await turns(20);
    expect(channels).to.deep.equal([]);
    client.write('abc');
    const channel = await firstChannel();
    expect(channel.segments.map(({ length }) => length)).to.deep.equal([1, 13]);
    client.write('def');
    await until('the rest comes as it comes', () => channel.segments.length === 3);
  });

  it('reads no further while the layer above is paused', async () => {
    await start({ gatherBytes: 0 });
    client.write('PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 50000000\r\n\r\nx');
    const channel = await firstChannel();
    channel.channel.pause();
    const pausedAt = channel.segments.length;
    client.write('y'.repeat(20_000_000));
    await turns(50);
    expect(channel.segments).to.have.lengthOf(pausedAt);
    expect(client.socket.writableLength).to.be.greaterThan(5_000_000);
    channel.channel.resume();
    await until('all has come', () => channel.units === 20_000_002);
  });

  it('writes what the service has said, and adds what is about the connection', async () => {
    await start();
    client.write(get('/'), get('/', 'Connection: close'));
    const { channel } = await firstChannel();
    channel.send(
      head('HTTP/1.1 200 Fine', 'x-B: 1', 'X-a:  2', 'x-B: 3', 'Transfer-Encoding: chunked', 'Keep-Alive: 5'),
    );
    channel.send(text('hello'));
    channel.send(encodeEnd('X-t: 1\r\n'));
    channel.send(head('HTTP/1.1 100 Continue'));
    channel.send(head('HTTP/1.1 204 No Content'));
    expect(await client.untilClosed()).to.equal(
      'HTTP/1.1 200 Fine\r\nx-B: 1\r\nX-a: 2\r\nx-B: 3\r\nTransfer-Encoding: chunked\r\n\r\n' +
        '5\r\nhello\r\n0\r\nX-t: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n' +
        'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n',
    );
    await until('all is taken', () => channels[0]?.takenUnits === 9);
  });

  it('gives a client of HTTP/1.0 neither chunks nor heads before the response', async () => {
    await start();
    client.write('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    const { channel, segments } = await firstChannel();
    expect(Buffer.from(segments[0]!.payload).toString('latin1')).to.match(/GET \/ HTTP\/1\.1\r\nHost: \r\n$/);
    channel.send(head('HTTP/1.1 100 Continue'));
    channel.send(head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'));
    channel.send(text('hello'));
    channel.send(encodeEnd(''));
    expect(await client.untilClosed()).to.equal('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello');
  });

  it('ends the connection where the service has, within a response too', async () => {
    await start();
    client.write(get('/'));
    const { channel } = await firstChannel();
    channel.send(head('HTTP/1.1 200 OK', 'Content-Length: 10'));
    channel.send(text('hello'));
    channel.end();
    expect(await client.untilClosed()).to.equal('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
    expect(client.incoming).to.equal('ended');
  });

  it('breaks the connection of a client that gets what is no response', async () => {
    await start();
    client.write(get('/'));
    const channel = await firstChannel();
    channel.channel.send(text('a body without a head'));
    await client.untilClosed();
    expect(channel.resetFault).to.equal('local');
  });

  it('lets a hook take over a request for another protocol, once all before is answered', async () => {
    const taken: { request: UpgradeRequest; socket: Duplex; head: string }[] = [];
    await start({}, (request, socket, rest) => {
      taken.push({ request, socket, head: rest.toString() });
      return true;
    });
    client.write(get('/first'), get('/chat', 'Connection: Upgrade', 'Upgrade: chat'), 'hi');
    const channel = await firstChannel();
    await turns(20);
    expect(taken).to.deep.equal([]);
    channel.channel.send(head('HTTP/1.1 200 OK', 'Content-Length: 0'));
    await until('it is taken over', () => taken.length === 1);
    const [{ request, socket, head: rest }] = taken as [(typeof taken)[0]];
    const rawHeaders = ['Host', 'test', 'Connection', 'Upgrade', 'Upgrade', 'chat'];
    expect(request).to.deep.equal({ method: 'GET', target: '/chat', rawHeaders });
    expect(rest).to.equal('hi');
    expect(channel.events).to.deep.equal(['end']);
    socket.write('HTTP/1.1 101 Yes\r\n\r\n');
    await client.untilReceived('101 Yes');
    channel.channel.end();
    await until('the virtual connection is over', () => channel.isClosed);
    socket.on('data', (bytes: Buffer) => socket.write(bytes));
    client.write('echo');
    await client.untilReceived('echo');
  });

  it('passes on a request for another protocol that a hook does not want', async () => {
    await start({}, () => false);
    client.write(get('/chat', 'Connection: Upgrade', 'Upgrade: chat'), get('/next'));
    const channel = await firstChannel();
    expect(channel.segments).to.have.lengthOf(1);
    channel.channel.send(
      head('HTTP/1.1 426 Upgrade Required', 'Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 0'),
    );
    await until('what follows is read', () => channel.segments.length === 2);
    expect(client.received).to.equal(
      'HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c\r\nContent-Length: 0\r\nConnection: Upgrade\r\n\r\n',
    );
  });

  it('serves on a unix socket', async () => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-http-'));
    await start({}, undefined, `unix:${join(folder, 'web.sock')}`);
    client.write(get('/'));
    const { channel } = await firstChannel();
    channel.send(head('HTTP/1.1 204 No Content'));
    await client.untilReceived('204 No Content\r\n\r\n');
  });

  it('takes the place of a killed process on a unix socket, and nobody else’s', async () => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-http-'));
    const path = join(folder, 'web.sock');
    await leaveStaleSocket(path);
    await start({}, undefined, `unix:${path}`);
    client.write(get('/'));
    await firstChannel();
    const second = new HttpClientFace({ path }, parseOptions({}), new RecordingLogger());
    const error: unknown = await second.listen(() => undefined).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ERR_LOCKSTEP_ADDRESS_IN_USE', retryable: true });
    expect((error as Error).message).to.contain(
      `Another program listens on unix:${path}, where clients are to be served.`,
    );
    await face.close();
    expect(existsSync(path)).to.equal(false);
  });

  it('listens no more when it is closed, and answers those who have asked', async () => {
    await start();
    client.write(get('/'));
    const { channel } = await firstChannel();
    const idle = new RawClient(`127.0.0.1:${client.socket.remotePort}`);
    await until('it is connected', () => idle.socket.readyState === 'open');
    await turns(5);
    await face.close();
    await idle.untilClosed();
    channel.send(head('HTTP/1.1 204 No Content'));
    await client.untilReceived('204 No Content');
  });
});

/** Leaves the file of a socket on which nobody listens: a server removes it only where it has made it. */
async function leaveStaleSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.made`);
  await once(server, 'listening');
  renameSync(`${path}.made`, path);
  await once(server.close(), 'close');
  expect(existsSync(path)).to.equal(true);
}
