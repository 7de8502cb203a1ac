import { tokens, type ClientFace, type EndpointContext, type ServiceFace } from '@lockstep/contracts';
import { RecordingLogger } from '@lockstep/testkit';
import { expect } from 'chai';
import { Container } from 'inversify';
import adapter, { adapter as named, HttpClientFace, HttpServiceFace } from './index.js';

const context: EndpointContext = { endpoint: 'web', logger: new RecordingLogger(), connections: 'dedicated' };

function load(endpoint: EndpointContext): Container {
  const container = new Container();
  container.load(adapter.module(adapter.parseOptions({}), endpoint));
  return container;
}

describe('the http adapter', () => {
  it('brings faces that can share a connection, under both names', () => {
    expect(adapter).to.equal(named);
    expect(adapter).to.include({ kind: 'faces', defaultGate: 'reply', sharesConnections: true });
  });

  it('binds one face of each kind that the endpoint needs', () => {
    const container = load({ ...context, listen: '127.0.0.1:0', connect: 'unix:/run/web.sock' });
    expect(container.get(tokens.ClientFace)).to.be.instanceOf(HttpClientFace);
    expect(container.get(tokens.ServiceFace)).to.be.instanceOf(HttpServiceFace);
    expect(container.get(tokens.ServiceFace)).to.equal(container.get(tokens.ServiceFace));
    expect(load({ ...context, listen: 'localhost:1' }).isBound(tokens.ServiceFace)).to.equal(false);
    expect(load({ ...context, connect: 'localhost:1' }).isBound(tokens.ClientFace)).to.equal(false);
  });

  it('fills in its options', () => {
    expect(adapter.parseOptions(undefined)).to.deep.equal({
      maxHeadBytes: 16_384,
      maxHeaders: 100,
      gatherBytes: 1_048_576,
      headTimeoutMs: 30_000,
      bodyTimeoutMs: 30_000,
      idleTimeoutMs: 75_000,
      pipelining: 1,
    });
    expect(adapter.parseOptions({ pipelining: 8 })).to.include({ pipelining: 8, maxHeaders: 100 });
  });

  for (const options of [
    { pipeline: 5 },
    { pipelining: 0 },
    { pipelining: 1.5 },
    { pipelining: '5' },
    [],
    'many',
    null,
  ]) {
    it(`refuses the options ${JSON.stringify(options)}`, () => {
      expect(() => adapter.parseOptions(options))
        .to.throw(/pipelining/)
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }

  it('refuses the gate consumed', () => {
    expect(() => load({ ...context, gate: 'consumed', connect: 'localhost:1' }))
      .to.throw(/HTTP knows where a reply ends/)
      .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
  });

  it('refuses what is no address', () => {
    expect(() => load({ ...context, connect: 'http://localhost' }))
      .to.throw(/is no address for the http adapter/)
      .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
  });

  it('says what to do when an address cannot be listened on', async () => {
    const face = load({ ...context, listen: '192.0.2.1:1' }).get<ClientFace>(tokens.ClientFace);
    const error: unknown = await face.listen(() => {}).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ERR_LOCKSTEP_LISTEN' });
    expect((error as Error).message).to.match(/Choose an address that this machine has/);
  });

  it('says that a service is not there', async () => {
    const face = load({ ...context, connect: 'unix:/nowhere/web.sock' }).get<ServiceFace>(tokens.ServiceFace);
    const error: unknown = await face.probe().catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'ERR_LOCKSTEP_SERVICE_UNREACHABLE' });
  });
});
