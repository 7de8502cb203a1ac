import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Segment, ServiceChannel } from '@lockstep/contracts';
import { turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { parseAddress } from '../address.js';
import { HeaderFields } from '../message/header-fields.js';
import { readRequestHead } from '../message/request-head.js';
import { parseOptions } from '../options.js';
import { RecordedChannel } from '../recorded-channel.fixture.js';
import { encodeBody, encodeRequestHead } from '../units/unit-codec.js';
import { HttpServiceFace, type HttpServiceTerms } from './http-service-face.js';

/** The unit of a request's head. */
function head(startLine: string, ...lines: readonly string[]): Segment {
  const fields = new HeaderFields();
  for (const line of ['Host: test', ...lines]) fields.addLine(line);
  const read = readRequestHead(`${startLine} HTTP/1.1`, fields);
  return encodeRequestHead(read, read.upgrade || read.asksForEvents);
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A connection at the service: what it was asked, as it came. */
class Asked {
  text = '';
  isOver = false;
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.text += text));
    socket.on('error', () => undefined).on('close', () => (this.isOver = true));
  }

  /** The paths of the requests that came on it. */
  get paths(): readonly string[] {
    return [...this.text.matchAll(/^[A-Z]+ (\S+) HTTP\/1\.1\r$/gm)].map(([, path]) => path ?? '');
  }

  async untilAsked(...paths: readonly string[]): Promise<void> {
    await until(`it is asked for ${paths.join(', ')}`, () => this.paths.join() === paths.join());
  }
}

describe('HttpServiceFace', () => {
  let server: Server;
  let asked: Asked[];
  let face: HttpServiceFace;
  let channels: RecordedChannel<ServiceChannel>[];

  beforeEach(async () => {
    asked = [];
    channels = [];
    server = createServer((socket) => asked.push(new Asked(socket)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    for (const channel of channels) if (!channel.isOver) channel.channel.reset();
    await until('all channels are closed', () => channels.every(({ isClosed }) => isClosed));
    face.close();
    for (const { socket } of asked) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  function start(terms: Partial<HttpServiceTerms> = {}, options: object = {}): void {
    const address = parseAddress(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    face = new HttpServiceFace(address, parseOptions(options), { gate: 'reply', connections: 'dedicated', ...terms });
  }

  function connect(): RecordedChannel<ServiceChannel> {
    const channel = new RecordedChannel(face.connect());
    channels.push(channel);
    return channel;
  }

  /** The connection of this number, from 0, once it is there. */
  async function connection(index: number): Promise<Asked> {
    await until(`connection ${index} is there`, () => asked.length > index);
    return asked[index]!;
  }

  describe('dedicated', () => {
    it('is busy until each request is answered to its end, and asks one after the other', async () => {
      start();
      const { channel, events } = connect();
      channel.send(head('GET /one'));
      channel.send(head('GET /two'));
      const service = await connection(0);
      await service.untilAsked('/one');
      service.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no');
      await turns(20);
      expect(service.paths).to.deep.equal(['/one']);
      service.socket.write('k');
      await service.untilAsked('/one', '/two');
      expect(channel.busy).to.equal(true);
      service.socket.write(ok);
      await until('it is idle', () => !channel.busy);
      expect(events).to.deep.equal(['open', 'idle']);
    });

    it('says what is about the connection, and nothing else, besides the request', async () => {
      start();
      const { channel } = connect();
      channel.send(
        head('POST /x', 'x-A: 1', 'Transfer-Encoding: chunked', 'TE: trailers', 'Connection: x-hop', 'x-hop: 1'),
      );
      channel.send(encodeBody(Buffer.from('hello')));
      const service = await connection(0);
      await until('it has come', () => service.text.endsWith('hello\r\n'));
      const fields = 'Host: test\r\nx-A: 1\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\nConnection: TE\r\n';
      expect(service.text).to.equal(`POST /x HTTP/1.1\r\n${fields}\r\n5\r\nhello\r\n`);
      expect(channel.busy).to.equal(true);
    });

    it('is busy with a response that comes before the request is whole, until both are', async () => {
      start();
      const { channel } = connect();
      channel.send(head('PUT /x', 'Content-Length: 5'));
      channel.send(encodeBody(Buffer.from('he')));
      const service = await connection(0);
      await service.untilAsked('/x');
      service.socket.write(ok);
      await until('the response has come', () => channels[0]?.units === 3);
      expect(channel.busy).to.equal(true);
      channel.send(encodeBody(Buffer.from('llo')));
      channel.send(head('GET /next'));
      await until('the next is asked', () => service.text.includes('helloGET /next'));
    });

    for (const [what, response] of [
      ['events', 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n'],
      ['another protocol', 'HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nwelcome'],
    ] as const) {
      it(`is not busy with ${what}, which go on without end`, async () => {
        start();
        const recorded = connect();
        recorded.channel.send(head('GET /x', 'Connection: Upgrade', 'Upgrade: chat'));
        const service = await connection(0);
        await service.untilAsked('/x');
        expect(recorded.channel.busy).to.equal(true);
        service.socket.write(response);
        await until('it is idle', () => !recorded.channel.busy);
        service.socket.write('and so on');
        await until('it goes on', () => recorded.text.endsWith('and so on'));
        expect(recorded.events).to.deep.equal(['open', 'idle']);
      });
    }

    it('keeps what is said in the other protocol until the service speaks it too', async () => {
      start();
      const recorded = connect();
      recorded.channel.send(head('GET /x', 'Connection: Upgrade', 'Upgrade: chat'));
      recorded.channel.send(encodeBody(Buffer.from('hello')));
      const service = await connection(0);
      await service.untilAsked('/x');
      await turns(20);
      expect(service.text).not.to.contain('hello');
      expect(recorded.takenUnits).to.equal(1);
      service.socket.write('HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n');
      await until('it is said', () => service.text.endsWith('hello'));
      await until('it is taken', () => recorded.takenUnits === 6);
    });

    it('ends where the service closes its connection behind a response', async () => {
      start();
      const recorded = connect();
      recorded.channel.send(head('GET /one'));
      const service = await connection(0);
      await service.untilAsked('/one');
      service.socket.end('HTTP/1.1 200 OK\r\n\r\nto the end');
      await until('it is closed', () => recorded.isClosed);
      expect(recorded.events).to.deep.equal(['open', 'end', 'closed']);
      expect(recorded.segments.map(({ length }) => length)).to.deep.equal([1, 10, 1]);
    });

    it('asks again over another connection when the service was just closing that one', async () => {
      start();
      const recorded = connect();
      const first = await connection(0);
      recorded.channel.send(head('GET /one'));
      await first.untilAsked('/one');
      first.socket.write(ok);
      await until('it is answered', () => !recorded.channel.busy);
      // The request crosses the end of the connection on the way.
      first.socket.destroy();
      recorded.channel.send(head('PUT /two', 'Content-Length: 5'));
      recorded.channel.send(encodeBody(Buffer.from('hello')));
      const second = await connection(1);
      await second.untilAsked('/two');
      second.socket.write(ok);
      await until('it is answered', () => !recorded.channel.busy);
      await until('all is taken, once', () => recorded.takenUnits === 7);
      expect(recorded.events).to.deep.equal(['open', 'idle', 'idle']);
    });

    it('closes a connection that has nothing to do before the service does, and takes another one then', async () => {
      start();
      const recorded = connect();
      recorded.channel.send(head('GET /one'));
      const first = await connection(0);
      await first.untilAsked('/one');
      first.socket.write(ok);
      await until('it is closed', () => first.isOver);
      recorded.channel.send(head('GET /two'));
      await (await connection(1)).untilAsked('/two');
      expect(recorded.events).to.deep.equal(['open', 'idle']);
    });

    for (const [what, response] of [
      ['malformed', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
      ['one too many', `${ok}${ok}`],
      ['a change of protocol that nobody has asked for', 'HTTP/1.1 101 Yes\r\n\r\n'],
    ] as const) {
      it(`breaks where a response is ${what}`, async () => {
        start();
        const recorded = connect();
        recorded.channel.send(head('GET /one'));
        recorded.channel.send(head('GET /two'));
        const service = await connection(0);
        await service.untilAsked('/one');
        service.socket.write(response);
        await until('it is over', () => recorded.isClosed || service.paths.length > 1);
        if (what !== 'one too many')
          expect(recorded.resetReason?.message).to.match(/^the service gave a malformed response/);
      });
    }

    it('says with its reset that the service is not there', async () => {
      start();
      await new Promise((resolve) => server.close(resolve));
      const recorded = connect();
      await until('it is over', () => recorded.isClosed);
      expect(recorded.resetReason).to.include({ code: 'ERR_LOCKSTEP_SERVICE_UNREACHABLE' });
      server.listen(0);
      await once(server, 'listening');
    });

    it('stops reading from the service while it is paused', async () => {
      start();
      const recorded = connect();
      recorded.channel.send(head('GET /long'));
      const service = await connection(0);
      await service.untilAsked('/long');
      recorded.channel.pause();
      service.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n${'x'.repeat(20_000_000)}`);
      await turns(50);
      expect(recorded.segments).to.deep.equal([]);
      expect(service.socket.writableLength).to.be.greaterThan(5_000_000);
      recorded.channel.resume();
      await until('all has come', () => recorded.units === 20_000_001);
    });
  });

  it('is never busy with the gate none', async () => {
    start({ gate: 'none' });
    const recorded = connect();
    recorded.channel.send(head('GET /one'));
    expect(recorded.channel.busy).to.equal(false);
    const service = await connection(0);
    await service.untilAsked('/one');
    service.socket.write(ok);
    await until('it is answered', () => recorded.units === 3);
    expect(recorded.events).to.deep.equal(['open']);
  });

  describe('shared', () => {
    it('asks for all over one connection, in the order in which requests became whole', async () => {
      start({ connections: 'shared' });
      const [one, two] = [connect(), connect()];
      one.channel.send(head('PUT /one', 'Content-Length: 2'));
      two.channel.send(head('GET /two'));
      one.channel.send(encodeBody(Buffer.from('hi')));
      const service = await connection(0);
      await service.untilAsked('/two');
      await turns(20);
      expect(service.paths).to.deep.equal(['/two']);
      service.socket.write(ok);
      await service.untilAsked('/two', '/one');
      service.socket.write('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n');
      await until('both are answered', () => one.units === 1 && two.units === 3);
      expect(asked).to.have.lengthOf(1);
    });

    it('has as many requests under way as it may', async () => {
      start({ connections: 'shared' }, { pipelining: 3 });
      const all = ['/0', '/1', '/2', '/3'].map((path) => {
        const recorded = connect();
        recorded.channel.send(head(`GET ${path}`));
        return recorded;
      });
      const service = await connection(0);
      await service.untilAsked('/0', '/1', '/2');
      service.socket.write(ok);
      await service.untilAsked('/0', '/1', '/2', '/3');
      service.socket.write(ok + ok + ok);
      await until('all are answered', () => all.every(({ units }) => units === 3));
    });

    it('opens another connection when the service closes it behind a response, and no client is told', async () => {
      start({ connections: 'shared' });
      const [one, two] = [connect(), connect()];
      one.channel.send(head('GET /one'));
      two.channel.send(head('GET /two'));
      const first = await connection(0);
      await first.untilAsked('/one');
      first.socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
      const second = await connection(1);
      await second.untilAsked('/two');
      second.socket.write(ok);
      await until('both are answered', () => one.units === 3 && two.units === 3);
      expect(one.events).not.to.include('end');
    });

    it('gives what has no end a connection of its own, and lets the others go on', async () => {
      start({ connections: 'shared' });
      const [events, other] = [connect(), connect()];
      events.channel.send(head('GET /events', 'Accept: text/event-stream'));
      other.channel.send(head('GET /other'));
      const first = await connection(0);
      await first.untilAsked('/events');
      first.socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n');
      const second = await connection(1);
      await second.untilAsked('/other');
      second.socket.write(ok);
      first.socket.write('data: 1\n\n');
      await until('both have come', () => events.text.endsWith('data: 1\n\n') && other.units === 3);
      expect(first.paths).to.deep.equal(['/events']);
    });

    it('carries out what a client has asked that is gone, as other replicas have perhaps done', async () => {
      start({ connections: 'shared' });
      const [gone, other] = [connect(), connect()];
      gone.channel.send(head('PUT /half', 'Content-Length: 5'));
      gone.channel.reset();
      const [left] = [connect()];
      left.channel.send(head('GET /one'));
      left.channel.send(head('GET /two'));
      left.channel.reset();
      other.channel.send(head('GET /three'));
      const service = await connection(0);
      await service.untilAsked('/one');
      service.socket.write(ok);
      await service.untilAsked('/one', '/three');
      service.socket.write(ok);
      await service.untilAsked('/one', '/three', '/two');
      expect(left.segments).to.deep.equal([]);
    });

    it('lets nobody wait for a client that does not read', async () => {
      start({ connections: 'shared' });
      const [stuck, other] = [connect(), connect()];
      stuck.channel.pause();
      stuck.channel.send(head('GET /long'));
      other.channel.send(head('GET /other'));
      const service = await connection(0);
      await service.untilAsked('/long');
      const body = 'x'.repeat(20 * 1024 * 1024);
      service.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      await service.untilAsked('/long', '/other');
      service.socket.write(ok);
      await until('the other one has its answer', () => other.units === 3);
      expect(stuck.resetReason?.message).to.match(/has not read/);
    });

    it('is lost when the service is gone, and everybody with it', async () => {
      start({ connections: 'shared' });
      const lost: Error[] = [];
      face.onLost((reason) => lost.push(reason));
      await new Promise((resolve) => server.close(resolve));
      const [one, two] = [connect(), connect()];
      one.channel.send(head('GET /one'));
      await until('both are over', () => one.isClosed && two.isClosed);
      expect(lost).to.have.lengthOf(1);
      expect(lost[0]).to.include({ code: 'ERR_LOCKSTEP_SERVICE_UNREACHABLE' });
      server.listen(0);
      await once(server, 'listening');
    });

    it('is lost when nobody can say which of several requests were carried out', async () => {
      start({ connections: 'shared' }, { pipelining: 2 });
      const lost: Error[] = [];
      face.onLost((reason) => lost.push(reason));
      const [one, two] = [connect(), connect()];
      one.channel.send(head('GET /one'));
      two.channel.send(head('GET /two'));
      const service = await connection(0);
      await service.untilAsked('/one', '/two');
      service.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot a hundred', () =>
        service.socket.destroy(),
      );
      await until('both are over', () => one.isClosed && two.isClosed);
      expect(lost.map(({ message }) => message)).to.match(/write pipelining: 1, or connections: dedicated/);
    });
  });
});
