import { turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { encodeBody } from '../units/unit-codec.js';
import { head, ok, ScriptedService } from './scripted-service.fixture.js';

describe('HttpServiceFace, one connection for all', () => {
  let scripted: ScriptedService;

  async function start(options: object = {}): Promise<void> {
    scripted = await ScriptedService.start({ connections: 'shared' }, options);
  }

  afterEach(() => scripted.close());

  it('asks for all over one connection, in the order in which requests became whole', async () => {
    await start();
    const [one, two] = [scripted.connect(), scripted.connect()];
    one.channel.send(head('PUT /one', 'Content-Length: 2'));
    two.channel.send(head('GET /two'));
    // What waits for its rest must not keep the rest from coming.
    await until('it counts as taken', () => one.takenUnits === 1);
    one.channel.send(encodeBody(Buffer.from('hi')));
    const service = await scripted.connection(0);
    await service.untilAsked('/two');
    await turns(20);
    expect(service.paths).to.deep.equal(['/two']);
    service.socket.write(ok);
    await service.untilAsked('/two', '/one');
    service.socket.write('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n');
    await until('both are answered', () => one.units === 1 && two.units === 3);
    expect(scripted.connections).to.have.lengthOf(1);
  });

  it('has as many requests under way as it may', async () => {
    await start({ pipelining: 3 });
    const all = ['/0', '/1', '/2', '/3'].map((path) => {
      const recorded = scripted.connect();
      // The answer to a HEAD has no body, whatever it says, and comes with others in one read.
      recorded.channel.send(head(path === '/2' ? `HEAD ${path}` : `GET ${path}`));
      return recorded;
    });
    const service = await scripted.connection(0);
    await service.untilAsked('/0', '/1', '/2');
    service.socket.write(ok);
    await service.untilAsked('/0', '/1', '/2', '/3');
    service.socket.write(`${ok}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${ok}`);
    await until('all are answered', () => all.map(({ units }) => units).join() === '3,3,1,3');
  });

  it('opens another connection when the service closes it behind a response, and no client is told', async () => {
    await start();
    const [one, two] = [scripted.connect(), scripted.connect()];
    one.channel.send(head('GET /one'));
    two.channel.send(head('GET /two'));
    const first = await scripted.connection(0);
    await first.untilAsked('/one');
    first.socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
    const second = await scripted.connection(1);
    await second.untilAsked('/two');
    second.socket.write(ok);
    await until('both are answered', () => one.units === 3 && two.units === 3);
    expect(one.events).not.to.include('end');
  });

  it('sends nothing on a connection that the service has said it closes', async () => {
    await start();
    const { channel } = scripted.connect();
    channel.send(head('GET /one'));
    channel.send(head('PUT /two', 'Content-Length: 5', 'Expect: 100-continue'));
    const first = await scripted.connection(0);
    await first.untilAsked('/one');
    first.socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
    await (await scripted.connection(1)).untilAsked('/two');
    expect(first.paths).to.deep.equal(['/one']);
  });

  it('gives what has no end a connection of its own, and lets the others go on', async () => {
    await start();
    const [events, other] = [scripted.connect(), scripted.connect()];
    events.channel.send(head('GET /events', 'Accept: text/event-stream'));
    other.channel.send(head('GET /other'));
    const first = await scripted.connection(0);
    await first.untilAsked('/events');
    first.socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n');
    const second = await scripted.connection(1);
    await second.untilAsked('/other');
    second.socket.write(ok);
    first.socket.write('data: 1\n\n');
    await until('both have come', () => events.text.endsWith('data: 1\n\n') && other.units === 3);
    expect(first.paths).to.deep.equal(['/events']);
  });

  it('carries out what a client has asked that is gone, as other replicas have perhaps done', async () => {
    await start();
    const [gone, other] = [scripted.connect(), scripted.connect()];
    gone.channel.send(head('PUT /half', 'Content-Length: 5'));
    gone.channel.reset();
    const [left] = [scripted.connect()];
    left.channel.send(head('GET /one'));
    left.channel.send(head('GET /two'));
    left.channel.reset();
    other.channel.send(head('GET /three'));
    const service = await scripted.connection(0);
    await service.untilAsked('/one');
    service.socket.write(ok);
    await service.untilAsked('/one', '/three');
    service.socket.write(ok);
    await service.untilAsked('/one', '/three', '/two');
    expect(left.segments).to.deep.equal([]);
  });

  it('lets nobody wait for a client that does not read', async () => {
    await start();
    const [stuck, other] = [scripted.connect(), scripted.connect()];
    stuck.channel.pause();
    stuck.channel.send(head('GET /long'));
    other.channel.send(head('GET /other'));
    const service = await scripted.connection(0);
    await service.untilAsked('/long');
    const body = 'x'.repeat(20 * 1024 * 1024);
    service.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await service.untilAsked('/long', '/other');
    service.socket.write(ok);
    await until('the other one has its answer', () => other.units === 3);
    expect(stuck.resetReason?.message).to.match(/has not read/);
  });

  it('is lost when the service is gone, and everybody with it', async () => {
    await start();
    const lost: Error[] = [];
    scripted.face.onLost((reason) => lost.push(reason));
    await scripted.stop();
    const [one, two] = [scripted.connect(), scripted.connect()];
    one.channel.send(head('GET /one'));
    await until('both are over', () => one.isClosed && two.isClosed);
    expect(lost).to.have.lengthOf(1);
    expect(lost[0]).to.include({ code: 'ERR_LOCKSTEP_SERVICE_UNREACHABLE' });
  });

  it('is lost when nobody can say which of several requests were carried out', async () => {
    await start({ pipelining: 2 });
    const lost: Error[] = [];
    scripted.face.onLost((reason) => lost.push(reason));
    const [one, two] = [scripted.connect(), scripted.connect()];
    one.channel.send(head('GET /one'));
    two.channel.send(head('GET /two'));
    const service = await scripted.connection(0);
    await service.untilAsked('/one', '/two');
    service.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot a hundred', () => service.socket.destroy());
    await until('both are over', () => one.isClosed && two.isClosed);
    expect(lost.map(({ message }) => message)).to.match(/write pipelining: 1, or connections: dedicated/);
  });
});
