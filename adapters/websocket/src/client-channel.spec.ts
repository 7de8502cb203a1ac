import { constants, deflateRawSync } from 'node:zlib';
import { pattern, turns, until } from '@lockstep/testkit';
import { expect } from 'chai';
import { AcceptingFace } from './accepting-face.fixture.js';
import { frame, opcodes } from './raw-client.fixture.js';
import { pieceBytesMax } from './units.js';

const { text, binary, close, ping, pong } = opcodes;

describe('WebSocket, a client’s connection', () => {
  let face: AcceptingFace;

  beforeEach(async () => {
    face = new AcceptingFace();
    await face.listen();
  });

  afterEach(() => face.close());

  it('a message is one unit, however many frames it comes in', async () => {
    const { client, connection } = await face.converse();
    client.send(
      { opcode: text, payload: 'o', isLast: false },
      { opcode: ping, payload: 'between' },
      { opcode: 0, payload: 'n', isLast: false },
      { opcode: 0, payload: 'e' },
      { opcode: binary, payload: Uint8Array.of(2) },
      { opcode: text },
    );
    await until('all have come', () => connection.messages.length === 3);
    expect(connection.messages).to.deep.equal(['one', '02', '']);
    expect(connection.units).to.have.lengthOf(4);
  });

  it('a long message is cut at places that its length decides', async () => {
    const { client, connection } = await face.converse();
    client.send({ opcode: binary, payload: pattern(2 * pieceBytesMax + 1) });
    await until('all has come', () => connection.messages.length === 1);
    const lengths = connection.units.map((unit) => (unit.kind === 'message' ? unit.payload.byteLength : 0));
    expect(lengths).to.deep.equal([0, pieceBytesMax, pieceBytesMax, 1]);
  });

  it('answers pings itself; nobody hears of pings and pongs', async () => {
    const { client, connection } = await face.converse();
    client.send({ opcode: ping, payload: 'there?' }, { opcode: pong, payload: 'unasked' });
    await until('the pong has come', () => client.frames.length === 1);
    expect(client.frames[0]).to.deep.include({ opcode: pong, payload: Buffer.from('there?') });
    expect(connection.units).to.have.lengthOf(1);
  });

  it('answers the last of the pings that come faster than pongs go', async () => {
    const { client } = await face.converse();
    client.send(...Array.from({ length: 40 }, (_, count) => ({ opcode: ping, payload: String(count) })));
    await until('the last pong has come', () => client.frames.at(-1)?.payload.toString() === '39');
    expect(client.frames.length).to.be.lessThan(40);
  });

  it('passes on the client’s close, and closes as the service does', async () => {
    const { client, connection } = await face.converse();
    client.send({ opcode: close, payload: Buffer.concat([Uint8Array.of(0x0f, 0xa1), Buffer.from('done')]) });
    await until('it has come', () => connection.events.includes('end'));
    expect(connection.units.at(-1)).to.deep.equal({ kind: 'close', code: 4001, reason: Buffer.from('done') });
    expect(client.frames).to.deep.equal([]);
    connection.sendMessage('one thing more');
    connection.send({ kind: 'close', code: 4002, reason: Buffer.from('bye') });
    connection.channel.end();
    await until('it is ended', () => client.peer.incoming === 'ended');
    expect(client.frames.map(({ opcode, payload }) => [opcode, payload.toString('latin1')])).to.deep.equal([
      [text, 'one thing more'],
      [close, '\x0f\xa2bye'],
    ]);
    client.peer.end();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['end', 'closed']);
    expect(connection.takenUnits).to.equal(3);
  });

  it('a close without a code stays one', async () => {
    const { client, connection } = await face.converse();
    connection.send({ kind: 'close', code: undefined, reason: new Uint8Array() });
    connection.channel.end();
    await until('it has come', () => client.frames.length === 1);
    expect(client.frames[0]).to.deep.include({ opcode: close, payload: Buffer.alloc(0) });
    client.send({ opcode: close });
    await until('it is ended', () => client.peer.incoming === 'ended');
    expect(connection.units.at(-1)).to.deep.equal({ kind: 'close', code: undefined, reason: Buffer.alloc(0) });
  });

  it('a client that closes and leaves without waiting counts as told', async () => {
    const { client, connection } = await face.converse();
    client.send({ opcode: close });
    client.peer.end();
    await until('it has come', () => connection.events.includes('end'));
    client.peer.reset();
    await turns(10);
    connection.sendMessage('too late');
    connection.send({ kind: 'close', code: undefined, reason: new Uint8Array() });
    connection.channel.end();
    await until('it is closed', () => connection.events.at(-1) === 'closed');
    expect(connection.events).to.deep.equal(['end', 'closed']);
    expect(connection.takenUnits).to.equal(3);
  });

  it('a service that vanishes is a connection that breaks', async () => {
    const { client, connection } = await face.converse();
    connection.channel.end();
    await until('it is ended', () => client.peer.incoming === 'ended');
    expect(client.frames).to.deep.equal([]);
  });

  it('while it is paused, nothing is told, and what a client sends stays with the client', async () => {
    const { client, connection } = await face.converse();
    connection.channel.pause();
    const bytes = frame({ opcode: binary, payload: pattern(500_000) });
    client.peer.write(Buffer.concat(new Array<Buffer>(60).fill(bytes)));
    await turns(50);
    expect(client.peer.pendingBytes).to.be.greaterThan(10_000_000);
    expect(connection.messages).to.deep.equal([]);
    connection.channel.resume();
    await until('everything has come', () => connection.units.length === 1 + 60 * 8);
  });

  it('while it is paused, what is small and large when it is inflated stays small', async () => {
    const { client, connection } = await face.converse(['Sec-WebSocket-Extensions: permessage-deflate']);
    connection.channel.pause();
    const inflated = Buffer.alloc(1024 * 1024);
    const payload = deflateRawSync(inflated, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const before = process.memoryUsage().arrayBuffers;
    client.send(...Array.from({ length: 60 }, () => ({ opcode: binary, payload, reserved: 4 })));
    await turns(500);
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(20 * 1024 * 1024);
    connection.channel.resume();
    await until('everything has come', () => connection.units.length === 1 + 60 * 16);
  });

  it('a client that does not read is told nothing more, and the units stay untaken', async () => {
    const { client, connection } = await face.converse();
    client.peer.pause();
    const payload = pattern(pieceBytesMax);
    for (let count = 0; count < 400; count += 1) {
      connection.sendMessage(payload);
      await turns(1);
    }
    await until('some are taken', () => connection.takenUnits > 1);
    await turns(50);
    expect(connection.takenUnits).to.be.lessThan(400);
    client.peer.resume();
    await until('all are taken', () => connection.takenUnits === 401);
  });

  it('compresses what is long, for clients that have agreed to it', async () => {
    const { client, connection } = await face.converse(['Sec-WebSocket-Extensions: permessage-deflate']);
    connection.sendMessage('short');
    connection.sendMessage(new Uint8Array(3 * pieceBytesMax));
    connection.sendMessage('short again');
    await until('all have come', () => client.frames.at(-1)?.payload.toString() === 'short again');
    expect(client.frames.map(({ opcode, reserved, isLast }) => [opcode, reserved, isLast])).to.deep.equal([
      [text, 0, true],
      [binary, 4, false],
      [0, 0, false],
      [0, 0, true],
      [text, 0, true],
    ]);
    expect(client.peer.receivedBytes).to.be.lessThan(5000);
    await until('all are taken', () => connection.takenUnits === 6);
  });
});
