import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '@lockstep/sockets';
import { ChannelRecorder, connectTcpPeer, pieces, RecordingLogger, turns, until, type Peer } from '@lockstep/testkit';
import { expect } from 'chai';
import type { ProxyProtocolOptions } from '../options.js';
import { TcpClientFace } from '../tcp-client-face.js';
import { proxyLimits } from './limits.js';
import { encodeProxyHeader, signature } from './proxy-header.js';
import { ProxyHeaderParser, type ProxyHeaderOutcome } from './proxy-header-parser.js';

const ends = {
  source: { address: '203.0.113.7', port: 54_321 },
  destination: { address: '198.51.100.1', port: 443 },
};
const header = encodeProxyHeader(ends);
const local = Buffer.from([...signature, 0x20, 0, 0, 0]);

describe('TCP, headers of the PROXY protocol', () => {
  let face: TcpClientFace;
  let address: string;
  let logger: RecordingLogger;
  let folder: string;
  const recorders: ChannelRecorder[] = [];
  const peers: Peer[] = [];

  async function listen(options: ProxyProtocolOptions, where = '127.0.0.1:0'): Promise<void> {
    face = new TcpClientFace(parseAddress(where)!, logger, options);
    address = await face.listen((channel) => recorders.push(new ChannelRecorder(channel)));
  }

  async function connect(): Promise<Peer> {
    const peer = await connectTcpPeer(address);
    peers.push(peer);
    return peer;
  }

  async function accepted(): Promise<ChannelRecorder> {
    await until('it is accepted', () => recorders.length > 0);
    return recorders[0]!;
  }

  beforeEach(() => {
    logger = new RecordingLogger();
    folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
  });

  afterEach('everything is freed, and the contract was kept', async () => {
    await face.close();
    for (const peer of peers.splice(0)) peer.reset();
    for (const recorder of recorders) if (!recorder.isClosed) recorder.reset();
    await until('all channels are closed', () => recorders.every(({ isClosed }) => isClosed));
    expect(recorders.splice(0).flatMap(({ breaches }) => breaches)).to.deep.equal([]);
    rmSync(folder, { recursive: true });
  });

  for (const [name, first, options, expected] of [
    ['in: takes it off', header, { in: true, out: false }, 'hello'],
    ['in and out: passes it on as it is', header, { in: true, out: true }, `${header.toString('latin1')}hello`],
    ['in: takes off that of a balancer that speaks for itself', local, { in: true, out: false }, 'hello'],
    ['in and out: passes that on too', local, { in: true, out: true }, `${local.toString('latin1')}hello`],
  ] as const) {
    for (const size of [1, 7, 1000]) {
      it(`${name}, sent in pieces of ${size}`, async () => {
        await listen(options);
        const peer = await connect();
        for (const piece of pieces(Buffer.concat([first, Buffer.from('hello')]), size)) {
          peer.write(piece);
          await turns(1);
        }
        const recorder = await accepted();
        await until('the stream is there', () => recorder.receivedUnits === expected.length);
        expect(Buffer.from(recorder.received).toString('latin1')).to.equal(expected);
        peer.end();
        await until('its end as well', () => recorder.events.includes('end'));
        recorder.send(Buffer.from('answer'));
        recorder.end();
        await until('it is answered', () => peer.incoming === 'ended');
        expect(Buffer.from(peer.received).toString()).to.equal('answer');
      });
    }
  }

  it('in: a header and the end at once are a stream without bytes', async () => {
    await listen({ in: true, out: false });
    const peer = await connect();
    peer.write(header);
    peer.end();
    const recorder = await accepted();
    recorder.end();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events).to.deep.equal(['end', 'closed']);
    expect(recorder.receivedUnits).to.equal(0);
  });

  it('in: what follows is held back while the channel is paused', async () => {
    await listen({ in: true, out: true });
    const peer = await connect();
    peer.write(Buffer.concat([header, Buffer.alloc(1_000_000)]));
    peer.end();
    const recorder = await accepted();
    recorder.pause();
    const before = recorder.receivedUnits;
    await turns(20);
    expect(recorder.receivedUnits).to.equal(before);
    recorder.resume();
    await until('the end is told', () => recorder.events.includes('end'));
    expect(recorder.receivedUnits).to.equal(header.length + 1_000_000);
  });

  it('out: says from where the client comes', async () => {
    await listen({ in: false, out: true });
    const peer = await connect();
    peer.write(Buffer.from('hello'));
    const recorder = await accepted();
    await until('the stream is there', () => recorder.receivedUnits === header.length + 5);
    const outcome = new ProxyHeaderParser().read(recorder.received) as Extract<ProxyHeaderOutcome, { kind: 'header' }>;
    expect(outcome.rest.toString()).to.equal('hello');
    expect(outcome.ends?.source.address).to.equal('127.0.0.1');
    expect(outcome.ends?.destination).to.deep.equal({ address: '127.0.0.1', port: Number(address.split(':')[1]) });
  });

  it('out: says so before the client says anything', async () => {
    await listen({ in: false, out: true });
    await connect();
    const recorder = await accepted();
    await until('the header is there', () => recorder.receivedUnits === header.length);
  });

  it('out: says that a client of a unix socket has no address', async () => {
    await listen({ in: false, out: true }, `unix:${join(folder, 'kv.sock')}`);
    await connect();
    const recorder = await accepted();
    await until('the header is there', () => recorder.receivedUnits === 16);
    expect(Buffer.from(recorder.received)).to.deep.equal(encodeProxyHeader(undefined));
  });

  for (const [name, bytes] of [
    ['a missing header', Buffer.from('get k\r\n')],
    ['a malformed header', Buffer.from([...signature, 0x21, 0x99])],
    ['a header that is too long', Buffer.from([...signature, 0x21, 0x11, 0xff, 0xff])],
  ] as const) {
    it(`in: refuses ${name}, and nobody else`, async () => {
      await listen({ in: true, out: false });
      const other = await connect();
      other.write(header);
      const recorder = await accepted();
      const peer = await connect();
      peer.write(bytes);
      await until('it is refused', () => peer.incoming !== 'open');
      expect(peer.incoming).to.equal('reset');
      other.write(Buffer.from('hello'));
      await until('the other one is served', () => recorder.receivedUnits === 5);
      expect(recorders).to.have.lengthOf(1);
      const [record] = logger.records.filter(({ level }) => level === 'warn');
      expect(record?.fields).to.include({ code: 'ERR_LOCKSTEP_INPUT_REFUSED', count: 1 });
    });
  }

  it('in: refuses a header that is cut off', async () => {
    await listen({ in: true, out: false }, `unix:${join(folder, 'kv.sock')}`);
    const peer = await connect();
    peer.write(header.subarray(0, -1));
    peer.end();
    await until('it is refused', () => peer.incoming !== 'open');
    expect(recorders).to.have.lengthOf(0);
  });

  it('in: lets a client go that says nothing, without a word', async () => {
    await listen({ in: true, out: false });
    const peer = await connect();
    peer.end();
    await until('it is closed', () => peer.incoming === 'ended');
    expect(recorders).to.have.lengthOf(0);
    expect(logger.records).to.deep.equal([]);
  });

  it('in: drops whom it awaits when it is closed', async () => {
    await listen({ in: true, out: false });
    const peer = await connect();
    peer.write(header.subarray(0, 5));
    await turns(10);
    await face.close();
    await until('it is closed', () => peer.incoming !== 'open');
  });

  it('in: refuses many without many lines in the log, and more than it awaits at a time', async function () {
    this.timeout(20_000);
    await listen({ in: true, out: false });
    const waiting = await Promise.all(Array.from({ length: proxyLimits.awaitedMax + 10 }, connect));
    const isRefused = ({ incoming }: Peer): boolean => incoming === 'reset';
    await until('those beyond are refused', () => waiting.filter(isRefused).length >= 10);
    for (const peer of waiting) if (!isRefused(peer)) peer.write(Buffer.from('x'));
    await until('all are refused', () => waiting.every(isRefused));
    expect(logger.records.filter(({ level }) => level === 'warn').length).to.be.at.most(5);
    const late = await connect();
    late.write(header);
    await accepted();
  });
});
