import type { Channel } from '@lockstep/contracts';
import { parseAddress } from '@lockstep/sockets';
import { RecordingLogger, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { HttpClientFace } from './client/http-client-face.js';
import { parseOptions } from './options.js';
import { RawClient } from './raw-client.fixture.js';
import { RecordedChannel } from './recorded-channel.fixture.js';
import { head, responseHead, ScriptedService } from './service/scripted-service.fixture.js';

const switching = ['Connection: Upgrade', 'Upgrade: chat'] as const;
const switched = `HTTP/1.1 101 Yes\r\n${switching.join('\r\n')}\r\n\r\n`;

describe('HTTP, a service that resets its connection', () => {
  let scripted: ScriptedService;

  beforeEach(async () => {
    scripted = await ScriptedService.start();
  });

  afterEach(() => scripted.close());

  /** What is told when these are the last bytes of the service, and it resets right behind them. */
  async function resetBehind(bytes: string, ...fields: readonly string[]): Promise<RecordedChannel> {
    const recorded = scripted.connect();
    recorded.channel.send(head('GET /x', ...fields));
    const service = await scripted.connection(0);
    await service.untilAsked('/x');
    service.socket.write(bytes);
    service.socket.resetAndDestroy();
    await until('it is closed', () => recorded.isClosed);
    return recorded;
  }

  it('has not ended a response that only the end of the connection ends', async () => {
    const { events, text } = await resetBehind('HTTP/1.1 200 OK\r\n\r\nhalf an ans');
    expect(text).to.match(/half an ans$/);
    expect(events).to.deep.equal(['open', 'reset', 'closed']);
  });

  it('has not ended what it said in another protocol', async () => {
    const { events, text } = await resetBehind(`${switched}half an ans`, ...switching);
    expect(text).to.match(/half an ans$/);
    expect(events).to.deep.equal(['open', 'idle', 'reset', 'closed']);
  });

  it('has cut a response that says how long it is', async () => {
    const { units } = await resetBehind('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf an ans');
    expect(units).to.equal(1 + 'half an ans'.length);
  });
});

describe('HTTP, a client that resets its connection', () => {
  let face: HttpClientFace;
  let client: RawClient;
  let channels: RecordedChannel[];

  beforeEach(async () => {
    channels = [];
    face = new HttpClientFace(parseAddress('127.0.0.1:0')!, parseOptions({ gatherBytes: 0 }), new RecordingLogger());
    client = new RawClient(await face.listen((channel: Channel) => channels.push(new RecordedChannel(channel))));
  });

  afterEach(async () => {
    client.close();
    for (const channel of channels) if (!channel.isOver) channel.channel.reset();
    await until('all channels are closed', () => channels.every(({ isClosed }) => isClosed));
    await face.close();
  });

  async function ask(...lines: readonly string[]): Promise<RecordedChannel> {
    client.write(`${lines.join('\r\n')}\r\nHost: test\r\n\r\n`);
    await until('a request is ordered', () => channels.length > 0);
    return channels[0]!;
  }

  it('has not ended what it said in another protocol', async () => {
    const recorded = await ask('GET /x HTTP/1.1', ...switching);
    recorded.channel.send(responseHead('HTTP/1.1 101 Yes', ...switching));
    await client.untilReceived('\r\n\r\n');
    client.write('half a req');
    client.socket.resetAndDestroy();
    await until('it is closed', () => recorded.isClosed);
    expect(recorded.text).to.match(/half a req$/);
    expect(recorded.events).to.deep.equal(['reset', 'closed']);
  });

  it('is noticed within a request', async () => {
    const recorded = await ask('PUT /x HTTP/1.1', 'Content-Length: 100', 'Expect: 100-continue');
    client.write('half a req');
    client.socket.resetAndDestroy();
    await until('it is closed', () => recorded.isClosed);
    expect(recorded.events).to.deep.equal(['reset', 'closed']);
  });

  it('is noticed while it is not read', async () => {
    const recorded = await ask('PUT /x HTTP/1.1', 'Content-Length: 50000000', 'Expect: 100-continue');
    recorded.channel.pause();
    client.write('y'.repeat(20_000_000));
    await until('the client has to wait', () => client.socket.writableLength > 0);
    client.socket.resetAndDestroy();
    await until('it is closed', () => recorded.isClosed);
    expect(recorded.events).to.deep.equal(['reset', 'closed']);
  });
});
