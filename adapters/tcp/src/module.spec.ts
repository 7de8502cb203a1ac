import { tokens, type EndpointContext } from '@lockstep/contracts';
import { RecordingLogger } from '@lockstep/testkit';
import { expect } from 'chai';
import { Container } from 'inversify';
import adapter, { adapter as named } from './index.js';
import { TcpClientFace } from './tcp-client-face.js';
import { TcpServiceFace } from './tcp-service-face.js';

const context: EndpointContext = { endpoint: 'kv', logger: new RecordingLogger(), connections: 'dedicated' };

function load(endpoint: EndpointContext): Container {
  const container = new Container();
  container.load(adapter.module(adapter.parseOptions({}), endpoint));
  return container;
}

describe('the tcp adapter', () => {
  it('is a channel, under both names', () => {
    expect(adapter).to.equal(named);
    expect(adapter).to.include({ kind: 'channel', defaultGate: 'consumed' });
  });

  it('binds one face of each kind that the endpoint needs', () => {
    const container = load({ ...context, listen: '127.0.0.1:0', connect: '[::1]:6380' });
    expect(container.get(tokens.ClientFace)).to.be.instanceOf(TcpClientFace);
    expect(container.get(tokens.ServiceFace)).to.be.instanceOf(TcpServiceFace);
    expect(container.get(tokens.ServiceFace)).to.equal(container.get(tokens.ServiceFace));
    expect(load({ ...context, listen: 'localhost:1' }).isBound(tokens.ServiceFace)).to.equal(false);
    expect(load({ ...context, connect: 'localhost:1' }).isBound(tokens.ClientFace)).to.equal(false);
  });

  it('fills in its options', () => {
    const proxyProtocol = { in: false, out: false };
    expect(adapter.parseOptions(undefined)).to.deep.equal({ quietMs: 5, readBytes: 1024, proxyProtocol });
    expect(adapter.parseOptions({ quietMs: 20, readBytes: 16384 })).to.deep.equal({
      quietMs: 20,
      readBytes: 16384,
      proxyProtocol,
    });
    const { proxyProtocol: given } = adapter.parseOptions({ proxyProtocol: { in: true } });
    expect(given).to.deep.equal({ in: true, out: false });
  });

  for (const options of [{ quiteMs: 5 }, { quietMs: 0 }, { quietMs: 1.5 }, { quietMs: '5' }, [], 'quiet', null]) {
    it(`refuses the options ${JSON.stringify(options)}`, () => {
      expect(() => adapter.parseOptions(options))
        .to.throw(/quietMs/)
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }

  for (const readBytes of [0, 1.5, '1024', 1024 * 1024 + 1, null]) {
    it(`refuses readBytes: ${JSON.stringify(readBytes)}`, () => {
      expect(() => adapter.parseOptions({ readBytes }))
        .to.throw('readBytes is out of range. Write a whole number of bytes from 1 to 1048576.')
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }

  for (const proxyProtocol of [true, null, [], { inn: true }, { in: 1 }, { out: 'true' }]) {
    it(`refuses proxyProtocol: ${JSON.stringify(proxyProtocol)}`, () => {
      expect(() => adapter.parseOptions({ proxyProtocol }))
        .to.throw(/proxyProtocol/)
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }

  it('refuses to put a header before a dialect', () => {
    const options = adapter.parseOptions({ proxyProtocol: { in: true, out: true } });
    expect(() => adapter.module(options, { ...context, beneathDialect: true, listen: 'localhost:1' }))
      .to.throw(/remove out/)
      .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
  });

  it('refuses the gate reply', () => {
    expect(() => load({ ...context, gate: 'reply', connect: 'localhost:1' }))
      .to.throw(/where a reply ends/)
      .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
  });

  for (const address of [
    '6379',
    ':6379',
    'a b:1',
    '127.0.0.1:65536',
    '::1:6379',
    'unix:kv.sock',
    `unix:/${'x'.repeat(107)}`,
    '',
  ]) {
    it(`refuses the address "${address}"`, () => {
      expect(() => load({ ...context, connect: address }))
        .to.throw(/is no address/)
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }

  it('says what to do when an address cannot be listened on', async () => {
    const face = new TcpClientFace({ host: '192.0.2.1', port: 1 }, new RecordingLogger());
    const error: unknown = await face.listen(() => {}).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ERR_LOCKSTEP_LISTEN' });
    expect((error as Error).message).to.match(/Choose an address that this machine has/);
  });
});
