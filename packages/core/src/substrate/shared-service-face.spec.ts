import type { ServiceChannel } from '@lockstep/contracts';
import {
  ChannelRecorder,
  MemoryNetwork,
  MemoryServiceFace,
  RecordingLogger,
  serveMemoryPeers,
  turns,
  until,
  type Peer,
  type TestService,
} from '@lockstep/testkit';
import { expect } from 'chai';
import { substrateLimits } from './limits.js';
import { SharedServiceFace } from './shared-service-face.js';
import { wordDialect } from './test-dialects.fixture.js';

describe('SharedServiceFace', () => {
  let service: TestService;
  let face: SharedServiceFace;
  let logger: RecordingLogger;
  let recorders: ChannelRecorder[];
  let peer: Peer;

  beforeEach(async () => {
    const network = new MemoryNetwork();
    logger = new RecordingLogger();
    recorders = [];
    service = await serveMemoryPeers(network);
    face = new SharedServiceFace(new MemoryServiceFace(network, service.address), wordDialect, 'server', logger);
  });

  afterEach(async () => {
    face.close();
    await until('all channels are closed', () => recorders.every(({ isClosed }) => isClosed));
    expect(recorders.flatMap(({ breaches }) => breaches)).to.deep.equal([]);
    await service.close();
  });

  function connect(): { channel: ServiceChannel; recorder: ChannelRecorder } {
    const channel = face.connect();
    const recorder = new ChannelRecorder(channel);
    recorders.push(recorder);
    return { channel, recorder };
  }

  for (const [form, losses] of [
    ['program', ['the service closed it']],
    ['server', []],
  ] as const) {
    it(`takes the end of the connection for ${form === 'program' ? 'the end' : 'a decision'} of a ${form}`, async () => {
      const network = new MemoryNetwork();
      const other = await serveMemoryPeers(network);
      face = new SharedServiceFace(new MemoryServiceFace(network, other.address), wordDialect, form, logger);
      const lost: string[] = [];
      face.onLost((reason) => lost.push(/\((.*)\)/.exec(reason.message)?.[1] ?? reason.message));
      const { recorder } = connect();
      (await other.accept()).end();
      await until('the channel is closed', () => recorder.isClosed);
      expect(lost).to.deep.equal(losses);
      await other.close();
    });
  }

  /** Virtual channels that are open, on a new connection. */
  async function open(): Promise<[ChannelRecorder, ChannelRecorder]> {
    const [one, other] = [connect().recorder, connect().recorder];
    peer = await service.accept();
    await until('both are open', () => recorders.every(({ events }) => events.includes('open')));
    for (const { events } of recorders) events.length = 0;
    return [one, other];
  }

  const send = (recorder: ChannelRecorder, text: string): void => recorder.send(Buffer.from(text));
  const reply = (text: string): void => peer.write(Buffer.from(text));
  const text = (bytes: { received: Uint8Array }): string => Buffer.from(bytes.received).toString();

  async function arrived(expected: string): Promise<void> {
    await until(`the service has got ${JSON.stringify(expected)}`, () => peer.receivedBytes >= expected.length);
    expect(text(peer)).to.equal(expected);
  }

  it('puts all requests on one connection, in the order of sending, and is never busy', async () => {
    const [one, other] = await open();
    send(one, 'a1\n');
    send(other, 'b1\nb2\n');
    send(one, 'a2\n');
    await arrived('a1\nb1\nb2\na2\n');
    expect(face.connect().busy).to.equal(false);
  });

  it('gives each the replies to its own requests', async () => {
    const [one, other] = await open();
    send(one, 'a1\n!a2\n');
    send(other, '!b1\nb2\nb3\n');
    send(one, 'a3\na4\n');
    reply('A1\nB2\nB3\nA3\nA4\n');
    await until('all replies are there', () => one.receivedUnits === 9 && other.receivedUnits === 6);
    expect(text(one)).to.equal('A1\nA3\nA4\n');
    expect(text(other)).to.equal('B2\nB3\n');
  });

  it('passes a reply on while it comes, wherever it is cut', async () => {
    const [one, other] = await open();
    send(one, 'a\n');
    send(other, 'b\n');
    for (const character of 'Aaa\nBbb\n') {
      reply(character);
      await until('it has arrived', () => peer.pendingBytes === 0);
    }
    expect(text(one)).to.equal('Aaa\n');
    expect(text(other)).to.equal('Bbb\n');
  });

  it('forwards whole requests only: a part waits, and others go ahead', async () => {
    const [one, other] = await open();
    send(one, 'a1\na');
    send(other, 'b1\n');
    send(one, '2');
    await arrived('a1\nb1\n');
    send(one, '\n');
    await arrived('a1\nb1\na2\n');
  });

  it('counts a waiting part as taken, once everything before it is', async () => {
    const [one] = await open();
    send(one, 'par');
    await until('it is taken', () => one.takenUnits === 3);
    send(one, 't\nnext');
    await until('it is taken', () => one.takenUnits === 9);
    await arrived('part\n');
  });

  it('tells how much was taken of each, cumulatively', async () => {
    const [one, other] = await open();
    peer.pause();
    send(one, 'a1\n');
    send(other, 'b1\n');
    send(one, 'a2\n');
    await turns(5);
    expect(one.takenUnits).to.equal(0);
    peer.resume();
    await until('everything is taken', () => one.takenUnits === 6 && other.takenUnits === 3);
  });

  it('ends one channel when its replies have come, and the connection goes on', async () => {
    const [one, other] = await open();
    send(one, 'a1\n!a2\npart');
    one.end();
    send(other, 'b1\n');
    await arrived('a1\n!a2\nb1\n');
    await turns(5);
    expect(one.events).to.deep.equal([]);
    reply('A1\nB1\n');
    await until('it is closed', () => one.isClosed);
    expect(one.events).to.deep.equal(['end', 'closed']);
    expect(text(one)).to.equal('A1\n');
    await until('the other has its reply', () => text(other) === 'B1\n');
    expect(peer.incoming).to.equal('open');
  });

  it('drops the replies of a channel that was reset, and of no other', async () => {
    const [one, other] = await open();
    send(one, 'a1\na2\n');
    send(other, 'b1\n');
    send(one, 'a3\npart');
    one.reset();
    reply('A1\nA2\nB1\nA3\n');
    await until('the other has its reply', () => text(other) === 'B1\n');
    expect(text(one)).to.equal('');
    send(other, 'b2\n');
    await arrived('a1\na2\nb1\na3\nb2\n');
    expect(peer.incoming).to.equal('open');
  });

  it('keeps the replies of a paused channel, and passes those of others on', async () => {
    const [one, other] = await open();
    one.pause();
    send(one, 'a1\na2\n');
    send(other, 'b1\n');
    one.end();
    reply('A1\nA2\nB1\n');
    await until('the other has its reply', () => text(other) === 'B1\n');
    expect(one.events).to.deep.equal([]);
    one.resume();
    await until('it is closed', () => one.isClosed);
    expect(text(one)).to.equal('A1\nA2\n');
    expect(one.events).to.deep.equal(['end', 'closed']);
  });

  it('resets a paused channel whose replies grow beyond the limit, and no other', async () => {
    const [one, other] = await open();
    one.pause();
    send(one, 'a1\n');
    send(other, 'b1\n');
    const piece = new Uint8Array(1024 * 1024).fill(0x41);
    for (let bytes = 0; bytes <= substrateLimits.keptReplyBytesMax; bytes += piece.length) peer.write(piece);
    reply('\nB1\n');
    await until('it is closed', () => one.isClosed);
    expect(one.events).to.deep.equal(['reset', 'closed']);
    expect(one.resetReason?.message).to.match(/did not read its replies/);
    await until('the other has its reply', () => text(other) === 'B1\n');
  });

  it('answers a request that would close the connection itself, and closes the channel', async () => {
    const [one, other] = await open();
    send(one, 'a1\nquit\na2\n');
    send(other, 'b1\n');
    await arrived('a1\nb1\n');
    reply('A1\nB1\n');
    await until('it is closed', () => one.isClosed);
    expect(text(one)).to.equal('A1\nbye\n');
    expect(one.events).to.deep.equal(['end', 'closed']);
    expect(one.takenUnits).to.equal(11);
    await until('the other has its reply', () => text(other) === 'B1\n');
  });

  it('breaks all when the connection breaks, and connects anew for the next', async () => {
    const [one, other] = await open();
    send(one, 'a1\n');
    peer.reset();
    await until('both are closed', () => one.isClosed && other.isClosed);
    for (const { events, resetReason, resetFault } of recorders) {
      expect(events).to.deep.equal(['reset', 'closed']);
      expect(resetFault).to.equal('peer');
      expect(resetReason).to.have.property('code', 'ERR_LOCKSTEP_SERVICE_UNREACHABLE');
    }
    const [next] = await openMore();
    send(next, 'c1\n');
    await arrived('c1\n');
  });

  it('takes the end of the service for a break', async () => {
    const [one, other] = await open();
    peer.end();
    await until('both are closed', () => one.isClosed && other.isClosed);
    expect(one.events).to.deep.equal(['reset', 'closed']);
  });

  it('tells all that nobody accepts', async () => {
    await service.close();
    const { recorder } = connect();
    send(recorder, 'a1\n');
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events).to.deep.equal(['reset', 'closed']);
    expect(recorder.resetReason).to.have.property('code', 'ERR_LOCKSTEP_SERVICE_UNREACHABLE');
  });

  it('breaks the channel whose input the dialect refuses, and no other', async () => {
    const [one, other] = await open();
    send(one, '?what\n');
    send(other, 'b1\n');
    await until('it is closed', () => one.isClosed);
    expect(one.resetReason).to.have.property('code', 'ERR_LOCKSTEP_INPUT_REFUSED');
    await arrived('b1\n');
  });

  it('drops what the service says unasked, and says so once', async () => {
    const [one] = await open();
    reply('hello\n');
    reply('again\n');
    await until('it has arrived', () => peer.pendingBytes === 0);
    send(one, 'a1\n');
    await arrived('a1\n');
    reply('A1\n');
    await until('the reply is there', () => text(one) === 'A1\n');
    expect(logger.records).to.have.lengthOf(1);
  });

  it('opens channels that come later at once', async () => {
    await open();
    const { recorder } = connect();
    await until('it is open', () => recorder.events.includes('open'));
  });

  async function openMore(): Promise<[ChannelRecorder]> {
    const { recorder } = connect();
    peer = await service.accept();
    await until('it is open', () => recorder.events.includes('open'));
    return [recorder];
  }
});
