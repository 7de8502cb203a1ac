import { turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { encodeBody } from '../units/unit-codec.js';
import type { HttpServiceTerms } from './http-service-face.js';
import { head, ok, ScriptedService } from './scripted-service.fixture.js';

describe('HttpServiceFace, dedicated connections', () => {
  let scripted: ScriptedService;

  async function start(terms: Partial<HttpServiceTerms> = {}): Promise<void> {
    scripted = await ScriptedService.start(terms);
  }

  afterEach(() => scripted.close());

  it('is busy until each request is answered to its end, and asks one after the other', async () => {
    await start();
    const { channel, events } = scripted.connect();
    channel.send(head('GET /one'));
    channel.send(head('GET /two'));
    const service = await scripted.connection(0);
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
    await start();
    const { channel } = scripted.connect();
    channel.send(
      head('POST /x', 'x-A: 1', 'Transfer-Encoding: chunked', 'TE: trailers', 'Connection: x-hop', 'x-hop: 1'),
    );
    channel.send(encodeBody(Buffer.from('hello')));
    const service = await scripted.connection(0);
    await until('it has come', () => service.text.endsWith('hello\r\n'));
    const fields = 'Host: test\r\nx-A: 1\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\nConnection: TE\r\n';
    expect(service.text).to.equal(`POST /x HTTP/1.1\r\n${fields}\r\n5\r\nhello\r\n`);
    expect(channel.busy).to.equal(false);
  });

  it('is not busy while the rest of a request is not there, and answers in between if the service does', async () => {
    await start();
    const { channel } = scripted.connect();
    channel.send(head('PUT /x', 'Content-Length: 5'));
    channel.send(encodeBody(Buffer.from('he')));
    const service = await scripted.connection(0);
    await service.untilAsked('/x');
    service.socket.write(ok);
    await until('the response has come', () => scripted.channels[0]?.units === 3);
    expect(channel.busy).to.equal(false);
    channel.send(encodeBody(Buffer.from('llo')));
    channel.send(head('GET /next'));
    expect(channel.busy).to.equal(true);
    await until('the next is asked', () => service.text.includes('helloGET /next'));
  });

  it('is busy with a request that expects a 100 until that comes, and again when the body is there', async () => {
    await start();
    const { channel, events } = scripted.connect();
    channel.send(head('PUT /x', 'Content-Length: 5', 'Expect: 100-continue'));
    expect(channel.busy).to.equal(true);
    const service = await scripted.connection(0);
    await service.untilAsked('/x');
    service.socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    await until('it is idle', () => !channel.busy);
    channel.send(encodeBody(Buffer.from('hello')));
    expect(channel.busy).to.equal(true);
    service.socket.write(ok);
    await until('it is idle', () => !channel.busy);
    expect(events).to.deep.equal(['open', 'idle', 'idle']);
  });

  for (const [what, response] of [
    ['events', 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n'],
    ['another protocol', 'HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nwelcome'],
  ] as const) {
    it(`is not busy with ${what}, which go on without end`, async () => {
      await start();
      const recorded = scripted.connect();
      recorded.channel.send(head('GET /x', 'Connection: Upgrade', 'Upgrade: chat'));
      const service = await scripted.connection(0);
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
    await start();
    const recorded = scripted.connect();
    recorded.channel.send(head('GET /x', 'Connection: Upgrade', 'Upgrade: chat'));
    recorded.channel.send(encodeBody(Buffer.from('hello')));
    const service = await scripted.connection(0);
    await service.untilAsked('/x');
    await turns(20);
    expect(service.text).not.to.contain('hello');
    expect(recorded.takenUnits).to.equal(1);
    service.socket.write('HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n');
    await until('it is said', () => service.text.endsWith('hello'));
    await until('it is taken', () => recorded.takenUnits === 6);
  });

  it('ends where the service closes its connection behind a response', async () => {
    await start();
    const recorded = scripted.connect();
    recorded.channel.send(head('GET /one'));
    const service = await scripted.connection(0);
    await service.untilAsked('/one');
    service.socket.end('HTTP/1.1 200 OK\r\n\r\nto the end');
    await until('it is closed', () => recorded.isClosed);
    expect(recorded.events).to.deep.equal(['open', 'end', 'closed']);
    expect(recorded.segments.map(({ length }) => length)).to.deep.equal([1, 10, 1]);
  });

  it('asks again over another connection when the service was just closing that one', async () => {
    await start();
    const recorded = scripted.connect();
    const first = await scripted.connection(0);
    recorded.channel.send(head('GET /one'));
    await first.untilAsked('/one');
    first.socket.write(ok);
    await until('it is answered', () => !recorded.channel.busy);
    // The request crosses the end of the connection on the way.
    first.socket.destroy();
    recorded.channel.send(head('PUT /two', 'Content-Length: 5'));
    recorded.channel.send(encodeBody(Buffer.from('hello')));
    const second = await scripted.connection(1);
    await second.untilAsked('/two');
    second.socket.write(ok);
    await until('it is answered', () => !recorded.channel.busy);
    await until('all is taken, once', () => recorded.takenUnits === 7);
    expect(recorded.events).to.deep.equal(['open', 'idle', 'idle']);
  });

  it('closes a connection that has nothing to do before the service does, and takes another one then', async () => {
    await start();
    const recorded = scripted.connect();
    recorded.channel.send(head('GET /one'));
    const first = await scripted.connection(0);
    await first.untilAsked('/one');
    first.socket.write(ok);
    await until('it is closed', () => first.isOver);
    recorded.channel.send(head('GET /two'));
    await (await scripted.connection(1)).untilAsked('/two');
    expect(recorded.events).to.deep.equal(['open', 'idle']);
  });

  for (const [what, response] of [
    ['malformed', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
    ['a change of protocol that nobody has asked for', 'HTTP/1.1 101 Yes\r\n\r\n'],
  ] as const) {
    it(`breaks where a response is ${what}`, async () => {
      await start();
      const recorded = scripted.connect();
      recorded.channel.send(head('GET /one'));
      const service = await scripted.connection(0);
      await service.untilAsked('/one');
      service.socket.write(response);
      await until('it is over', () => recorded.isClosed);
      expect(recorded.resetReason?.message).to.match(/^the service gave a malformed response/);
    });
  }

  it('takes a response too many for no answer to the next request', async () => {
    await start();
    const recorded = scripted.connect();
    recorded.channel.send(head('GET /one'));
    recorded.channel.send(head('GET /two'));
    const first = await scripted.connection(0);
    await first.untilAsked('/one');
    first.socket.write(`${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`);
    const second = await scripted.connection(1);
    await second.untilAsked('/two');
    second.socket.write(ok);
    await until('both are answered', () => !recorded.channel.busy);
    expect(recorded.text).not.to.contain('forged');
  });

  it('says with its reset that the service is not there', async () => {
    await start();
    await scripted.stop();
    const recorded = scripted.connect();
    await until('it is over', () => recorded.isClosed);
    expect(recorded.resetReason).to.include({ code: 'ERR_LOCKSTEP_SERVICE_UNREACHABLE' });
  });

  it('stops reading from the service while it is paused', async () => {
    await start();
    const recorded = scripted.connect();
    recorded.channel.send(head('GET /long'));
    const service = await scripted.connection(0);
    await service.untilAsked('/long');
    recorded.channel.pause();
    service.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n${'x'.repeat(20_000_000)}`);
    await turns(50);
    expect(recorded.segments).to.deep.equal([]);
    expect(service.socket.writableLength).to.be.greaterThan(5_000_000);
    recorded.channel.resume();
    await until('all has come', () => recorded.units === 20_000_001);
  });

  it('is never busy with the gate none', async () => {
    await start({ gate: 'none' });
    const recorded = scripted.connect();
    recorded.channel.send(head('GET /one'));
    expect(recorded.channel.busy).to.equal(false);
    const service = await scripted.connection(0);
    await service.untilAsked('/one');
    service.socket.write(ok);
    await until('it is answered', () => recorded.units === 3);
    expect(recorded.events).to.deep.equal(['open']);
  });
});
