import { tokens, type EndpointContext } from '@lockstep/contracts';
import { RecordingLogger } from '@lockstep/testkit';
import { expect } from 'chai';
import { Container } from 'inversify';
import adapter, { adapter as named } from './index.js';
import { WebSocketClientFace } from './web-socket-client-face.js';
import { WebSocketServiceFace } from './web-socket-service-face.js';

const context: EndpointContext = { endpoint: 'chat', logger: new RecordingLogger(), connections: 'dedicated' };

function load(endpoint: EndpointContext): Container {
  const container = new Container();
  container.load(adapter.module(adapter.parseOptions({}), endpoint));
  return container;
}

describe('the websocket adapter', () => {
  it('brings both faces, under both names', () => {
    expect(adapter).to.equal(named);
    expect(adapter).to.include({ kind: 'faces', defaultGate: 'probe' });
  });

  it('binds one face of each kind that the endpoint needs', () => {
    const container = load({ ...context, listen: '127.0.0.1:0', connect: '[::1]:6380' });
    expect(container.get(tokens.ClientFace)).to.be.instanceOf(WebSocketClientFace);
    expect(container.get(tokens.ServiceFace)).to.be.instanceOf(WebSocketServiceFace);
    expect(load({ ...context, listen: 'localhost:1' }).isBound(tokens.ServiceFace)).to.equal(false);
    expect(load({ ...context, connect: 'unix:/a', gate: 'none' }).isBound(tokens.ClientFace)).to.equal(false);
  });

  it('fills in its options', () => {
    const preset = {
      payloadBytesMax: 1_048_576,
      fragmentsMax: 1024,
      bufferedChunksMax: 16_384,
      controlFramesPerSecondMax: 100,
      compression: true,
    };
    expect(adapter.parseOptions(undefined)).to.deep.include(preset);
    expect(adapter.parseOptions({ http: { maxHeaders: 5 } }).http).to.include({ maxHeaders: 5, maxHeadBytes: 16_384 });
    expect(adapter.parseOptions({ payloadBytesMax: 5, compression: false })).to.deep.include({
      ...preset,
      payloadBytesMax: 5,
      compression: false,
    });
  });

  for (const options of [
    { payloadBytes: 5 },
    { payloadBytesMax: 0 },
    { payloadBytesMax: 2 ** 25 + 1 },
    { payloadBytesMax: '1 MiB' },
    { fragmentsMax: 1.5 },
    { bufferedChunksMax: 1 },
    { controlFramesPerSecondMax: -1 },
    { compression: 'yes' },
    { http: { maxHeaders: 0 } },
    [],
    'low',
    null,
  ]) {
    it(`refuses the options ${JSON.stringify(options)}, and says what to write`, () => {
      expect(() => adapter.parseOptions(options))
        .to.throw(/Write|Remove/)
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }

  it('refuses what is no address', () => {
    expect(() => load({ ...context, listen: 'ws://localhost' }))
      .to.throw(/is no address for the websocket adapter: write host:port/)
      .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
  });

  for (const gate of ['reply', 'consumed'] as const) {
    it(`refuses the gate ${gate}`, () => {
      expect(() => load({ ...context, gate, connect: 'localhost:1' }))
        .to.throw(/write "probe" or "none"/)
        .with.property('code', 'ERR_LOCKSTEP_CONFIGURATION');
    });
  }
});
