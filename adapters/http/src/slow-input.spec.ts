import { until } from '@lockstep/testkit';
import { expect } from 'chai';
import { RawClient } from './raw-client.fixture.js';
import { Relay } from './relay.fixture.js';
import { TestHttpService } from './test-service.fixture.js';

const options = { headTimeoutMs: 60, bodyTimeoutMs: 60, idleTimeoutMs: 120, gatherBytes: 1000 };
const head = 'POST / HTTP/1.1\r\nHost: test\r\n';

describe('HTTP, slow input: aborted before it is ordered', () => {
  let service: TestHttpService;
  let relay: Relay;
  let client: RawClient;

  beforeEach(async () => {
    service = await TestHttpService.listen();
    relay = new Relay({ service: service.address, options });
    client = new RawClient(await relay.listen());
  });

  afterEach('nothing is left open', async () => {
    client.close();
    await until('all channels are closed', () => relay.openChannels === 0);
    await relay.close();
    await service.close();
  });

  it('a head that does not come to its end: 408', async () => {
    client.write('GET / HTTP/1.1\r\nHost: te');
    expect(await client.untilClosed()).to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(relay.connections).to.deep.equal([]);
  });

  it('a head that comes byte by byte: 408, however lively', async () => {
    client.write('GET /');
    await until('it is refused', () => {
      if (client.incoming === 'open') client.write('x');
      return client.received !== '';
    });
    expect(await client.untilClosed()).to.match(/^HTTP\/1\.1 408 /);
    expect(relay.connections).to.deep.equal([]);
  });

  it('a body that does not come to its end: 408', async () => {
    client.write(`${head}Content-Length: 10\r\n\r\nhalf`);
    expect(await client.untilClosed()).to.match(/^HTTP\/1\.1 408 /);
    expect(relay.connections).to.deep.equal([]);
  });

  it('a long body that stops half-way: its connection is broken', async () => {
    client.write(`${head}Content-Length: 10000\r\n\r\n${'x'.repeat(5000)}`);
    expect(await client.untilClosed()).to.match(/^(HTTP\/1\.1 408 .*)?$/s);
    expect(relay.connections).to.have.lengthOf(1);
  });

  it('a connection without a request is closed without a word', async () => {
    expect(await client.untilClosed()).to.equal('');
    expect(relay.connections).to.deep.equal([]);
  });

  it('a connection that has nothing more to ask is closed without a word', async () => {
    client.write('GET /chunks HTTP/1.1\r\nHost: test\r\n\r\n');
    expect(await client.untilClosed()).to.match(/^HTTP\/1\.1 200 OK\r\n.*three\r\n0\r\nX-Sum: 3\r\n\r\n$/s);
  });

  it('a response that takes its time is waited for', async () => {
    client.write('GET /events/1 HTTP/1.1\r\nHost: test\r\n\r\n');
    await client.untilReceived('data: 0');
    const other = new RawClient(client.socket.remoteAddress + ':' + client.socket.remotePort);
    // The other one is idle for as long as idle clients may be; this one only waits.
    await other.untilClosed();
    expect(client.incoming).to.equal('open');
  });
});
