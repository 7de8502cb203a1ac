import type { Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { ChannelRecorder, MemoryNetwork, MemoryServiceFace, serveMemoryPeers, turns, until } from '@lockstep/testkit';
import type { Peer } from '@lockstep/testkit';
import { expect } from 'chai';
import { channelGate } from './compose-service-face.js';
import { DialectServiceChannel } from './dialect-service-channel.js';
import { transparentDialect, wordDialect } from './test-dialects.fixture.js';

/** A channel that is busy when, and only when, a test says so. */
class GatedChannel implements ServiceChannel {
  readonly #channel: ServiceChannel;
  busy = false;
  handler: ServiceChannelHandler | undefined;

  constructor(channel: ServiceChannel) {
    this.#channel = channel;
  }

  bind(handler: ServiceChannelHandler): void {
    this.handler = handler;
    this.#channel.bind(handler);
  }

  send(segment: Segment): void {
    this.#channel.send(segment);
  }

  end(): void {
    this.#channel.end();
  }

  reset(): void {
    this.#channel.reset();
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }
}

describe('DialectServiceChannel, gate reply', () => {
  let inner: GatedChannel;
  let channel: ServiceChannel;
  let recorder: ChannelRecorder;
  let peer: Peer;

  beforeEach(async () => {
    const network = new MemoryNetwork();
    const service = await serveMemoryPeers(network);
    inner = new GatedChannel(new MemoryServiceFace(network, service.address).connect());
    channel = new DialectServiceChannel(inner, wordDialect.createSession());
    recorder = new ChannelRecorder(channel);
    peer = await service.accept();
    await until('it is open', () => recorder.events.includes('open'));
    recorder.events.length = 0;
  });

  afterEach(() => {
    expect(recorder.breaches).to.deep.equal([]);
    recorder.reset();
  });

  const send = (text: string): void => recorder.send(Buffer.from(text));
  const reply = (text: string): void => peer.write(Buffer.from(text));

  it('is busy until each complete request has its reply', async () => {
    send('one\ntwo\nthr');
    expect(channel.busy).to.equal(true);
    reply('1\n2');
    await until('a reply and a half are there', () => recorder.receivedUnits === 3);
    expect(channel.busy).to.equal(true);
    reply('\n');
    await until('it is idle', () => recorder.events.length > 0);
    expect({ busy: channel.busy, events: recorder.events }).to.deep.equal({ busy: false, events: ['idle'] });
  });

  it('is not busy with a part of a request', () => {
    send('on');
    expect(channel.busy).to.equal(false);
  });

  it('passes bytes through as they are', async () => {
    send('one\ntw');
    await until('they have arrived', () => peer.receivedBytes === 6);
    expect(Buffer.from(peer.received).toString()).to.equal('one\ntw');
  });

  it('leaves a turn that ends in a one-way request to the gate beneath', async () => {
    inner.busy = true;
    send('one\n!two\n');
    reply('1\n');
    await until('the reply is there', () => recorder.receivedUnits === 2);
    expect(channel.busy).to.equal(true);
    inner.busy = false;
    inner.handler?.onIdle();
    expect(recorder.events).to.deep.equal(['idle']);
  });

  it('does not ask the gate beneath when the last request has a reply', async () => {
    inner.busy = true;
    send('!one\ntwo\n');
    expect(channel.busy).to.equal(true);
    reply('2\n');
    await until('it is idle', () => recorder.events.includes('idle'));
    expect(channel.busy).to.equal(false);
  });

  it('leaves a request that blocks to the gate beneath, with those that wait behind it', async () => {
    inner.busy = true;
    send('one\n~two\nthree\n');
    reply('1\n');
    await until('the reply is there', () => recorder.receivedUnits === 2);
    expect(channel.busy).to.equal(true);
    inner.busy = false;
    inner.handler?.onIdle();
    expect({ busy: channel.busy, events: recorder.events }).to.deep.equal({ busy: false, events: ['idle'] });
  });

  it('goes by the replies again when a request that blocked has its reply', async () => {
    send('~one\ntwo\n');
    expect(channel.busy).to.equal(false);
    reply('1\n');
    await until('the reply is there', () => recorder.receivedUnits === 2);
    expect(channel.busy).to.equal(true);
    send('three\n');
    reply('2\n3\n');
    await until('it is idle', () => recorder.events.includes('idle'));
    expect(channel.busy).to.equal(false);
  });

  it('says that it is idle also to those who read it while they were told the last reply', async () => {
    send('one\n');
    expect(channel.busy).to.equal(true);
    const busyThen: boolean[] = [];
    const onSegment = recorder.onSegment.bind(recorder);
    recorder.onSegment = (segment) => {
      onSegment(segment);
      busyThen.push(channel.busy);
    };
    reply('1\n');
    await until('it is idle', () => recorder.events.includes('idle'));
    expect(busyThen).to.deep.equal([false]);
  });

  it('is busy from its end until the service ends', async () => {
    recorder.end();
    expect(channel.busy).to.equal(true);
    await until('the end has arrived', () => peer.incoming === 'ended');
    reply('last words');
    peer.end();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events).to.deep.equal(['end', 'idle', 'closed']);
    expect(channel.busy).to.equal(false);
  });

  it('is not busy at its end when the service has ended before', async () => {
    peer.end();
    await until('the end is told', () => recorder.events.includes('end'));
    recorder.end();
    expect(channel.busy).to.equal(false);
  });

  it('is not busy when it is broken', async () => {
    send('one\n');
    peer.reset();
    await until('it is closed', () => recorder.isClosed);
    expect({ busy: channel.busy, events: recorder.events }).to.deep.equal({ busy: false, events: ['reset', 'closed'] });
  });

  it('breaks when the dialect refuses what its client interceptor let through', async () => {
    send('?what\n');
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events).to.deep.equal(['reset', 'closed']);
    expect(recorder.resetReason).to.have.property('code', 'ERR_LOCKSTEP_INPUT_REFUSED');
    await turns(3);
    expect(peer.receivedBytes).to.equal(0);
  });
});

describe('channelGate', () => {
  it('is what the composition beneath a dialect needs', () => {
    const gates = (['reply', 'consumed', 'none'] as const).flatMap((gate) =>
      [wordDialect, transparentDialect].flatMap((dialect) =>
        (['dedicated', 'shared'] as const).map((connections) => channelGate({ dialect, gate, connections })),
      ),
    );
    const reply = ['consumed', 'none', 'none', 'none'];
    const consumed = ['consumed', 'none', 'consumed', 'none'];
    expect(gates).to.deep.equal([...reply, ...consumed, 'none', 'none', 'none', 'none']);
  });
});
