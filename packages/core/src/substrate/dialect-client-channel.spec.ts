import {
  ChannelRecorder,
  connectMemoryPeer,
  MemoryClientFace,
  MemoryNetwork,
  RecordingLogger,
  turns,
  until,
  type Peer,
} from '@lockstep/testkit';
import { expect } from 'chai';
import { DialectClientFace } from './dialect-client-face.js';
import { substrateLimits } from './limits.js';
import { wordDialect } from './test-dialects.fixture.js';

describe('DialectClientChannel', () => {
  let logger: RecordingLogger;
  let recorder: ChannelRecorder;
  let peer: Peer;

  beforeEach(async () => {
    const network = new MemoryNetwork();
    const accepted: ChannelRecorder[] = [];
    logger = new RecordingLogger();
    const face = new DialectClientFace(new MemoryClientFace(network), wordDialect, logger);
    const address = await face.listen((channel) => accepted.push(new ChannelRecorder(channel)));
    peer = await connectMemoryPeer(network, address);
    await until('it is accepted', () => accepted.length === 1);
    recorder = accepted[0] ?? recorder;
    await face.close();
  });

  afterEach(() => {
    expect(recorder.breaches).to.deep.equal([]);
    recorder.reset();
  });

  const received = (bytes: { received: Uint8Array }): string => Buffer.from(bytes.received).toString();

  async function write(text: string): Promise<void> {
    peer.write(Buffer.from(text));
    await until('it has arrived', () => peer.pendingBytes === 0);
  }

  it('holds a line back until it is complete', async () => {
    await write('on');
    await write('e');
    expect(received(recorder)).to.equal('');
    await write('\ntwo\nthr');
    expect(received(recorder)).to.equal('one\ntwo\n');
    await write('ee\n');
    expect(received(recorder)).to.equal('one\ntwo\nthree\n');
  });

  it('passes an unterminated last line on, as it came, and then the end', async () => {
    await write('one\ntw');
    peer.write(Buffer.from('o'));
    peer.end();
    await until('the end is told', () => recorder.events.includes('end'));
    expect(received(recorder)).to.equal('one\ntwo');
  });

  it('answers what it refuses, and passes nothing of it on', async () => {
    await write('?wha');
    await write('t\nmore\n');
    peer.end();
    await until('the client has the answer', () => peer.incoming === 'ended');
    await until('it is closed', () => recorder.isClosed);
    expect(received(peer)).to.equal('refused\n');
    expect(received(recorder)).to.equal('');
    expect(recorder.events).to.deep.equal(['end', 'closed']);
    expect(logger.records).to.have.lengthOf(1);
    expect(logger.records[0]?.fields).to.include({ code: 'ERR_LOCKSTEP_INPUT_REFUSED', refusals: 1 });
  });

  it('answers after the replies to what came before, and ends then', async () => {
    await write('one\ntwo\n?what\nthree\n');
    expect(received(recorder)).to.equal('one\ntwo\n');
    recorder.send(Buffer.from('1\n'));
    await until('the first reply is there', () => received(peer) === '1\n');
    await turns(5);
    expect({ incoming: peer.incoming, events: recorder.events }).to.deep.equal({ incoming: 'open', events: [] });
    recorder.send(Buffer.from('2\n'));
    await until('the client has the answer', () => peer.incoming === 'ended');
    expect(received(peer)).to.equal('1\n2\nrefused\n');
    await until('the end is told', () => recorder.events.includes('end'));
    expect(recorder.takenUnits).to.equal(4);
    recorder.send(Buffer.from('too late'));
    await turns(5);
    expect(received(peer)).to.equal('1\n2\nrefused\n');
  });

  it('answers before it ends when the service ends first', async () => {
    await write('one\n?what\n');
    recorder.end();
    await until('the client has the answer', () => peer.incoming === 'ended');
    expect(received(peer)).to.equal('refused\n');
  });

  it('does not tell the end that follows a refusal while paused', async () => {
    peer.write(Buffer.from('one\n?what\n'));
    await until('it has arrived', () => logger.records.length === 1);
    recorder.pause();
    recorder.send(Buffer.from('1\n'));
    peer.end();
    await until('the client has the answer', () => peer.incoming === 'ended');
    await turns(5);
    expect(recorder.events).to.deep.equal([]);
    recorder.resume();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events).to.deep.equal(['end', 'closed']);
  });

  it('resets a client that goes on sending after it was refused', async () => {
    peer.write(Buffer.from('?what\n'));
    const chunk = Buffer.alloc(64 * 1024, 'x');
    for (let bytes = 0; bytes <= substrateLimits.refusedBytesMax; bytes += chunk.length) peer.write(chunk);
    await until('it is closed', () => recorder.isClosed);
    expect(peer.incoming).not.to.equal('open');
  });

  it('can be reset by whoever gets the last segment before a refusal', async () => {
    await write('one\n');
    peer.write(Buffer.from('two\n?what\n'));
    recorder.reset();
    await until('it is closed', () => recorder.isClosed);
    expect(received(peer)).to.equal('');
  });
});
