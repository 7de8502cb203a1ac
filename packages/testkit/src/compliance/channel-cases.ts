import { expect } from 'chai';
import type { ChannelRecorder } from './channel-recorder.js';
import { pattern, pieces } from './pattern.js';
import type { Peer } from './peer.js';
import { turns, until } from './until.js';

/** A channel that is open, and the program at its other end. */
export interface OpenedChannel {
  readonly recorder: ChannelRecorder;
  readonly peer: Peer;
}

/** More than what two kernels hold between two programs. */
const moreThanBuffers = 64 * 1024 * 1024;

const everyByte = Uint8Array.from({ length: 256 }, (_, value) => value);
const greeting = Buffer.from('hello');

/** Declares the tests that hold for the channels of both faces. */
export function channelCases(open: () => Promise<OpenedChannel>): void {
  describe('carries bytes', () => transferCases(open));
  describe('ends and breaks', () => endCases(open));
  describe('holds back', () => backpressureCases(open));
}

function transferCases(open: () => Promise<OpenedChannel>): void {
  it('every byte value, one byte at a time, both ways', async () => {
    const { recorder, peer } = await open();
    for (const byte of pieces(everyByte, 1)) {
      peer.write(byte);
      recorder.send(byte);
    }
    await until('all bytes have arrived', () => recorder.receivedUnits === 256 && peer.receivedBytes === 256);
    expect(Buffer.compare(recorder.received, everyByte), 'from the peer').to.equal(0);
    expect(Buffer.compare(peer.received, everyByte), 'to the peer').to.equal(0);
  });

  it('many pieces, both ways at once, in order', async () => {
    const { recorder, peer } = await open();
    const bytes = pattern(4 * 1024 * 1024);
    for (const piece of pieces(bytes, 5000)) {
      peer.write(piece);
      recorder.send(piece);
    }
    await until('all bytes have arrived', () => {
      return recorder.receivedUnits === bytes.length && peer.receivedBytes === bytes.length;
    });
    expect(Buffer.compare(recorder.received, bytes), 'from the peer').to.equal(0);
    expect(Buffer.compare(peer.received, bytes), 'to the peer').to.equal(0);
  });

  it('in the turn in which it was given them, and in later ones', async () => {
    const { recorder, peer } = await open();
    recorder.send(Buffer.from('a'));
    recorder.send(Buffer.from('b'));
    await until('the first turn has arrived', () => peer.receivedBytes === 2);
    recorder.send(Buffer.from('c'));
    recorder.send(Buffer.from('d'));
    recorder.end();
    await until('the end has arrived', () => peer.incoming === 'ended');
    expect(Buffer.from(peer.received).toString()).to.equal('abcd');
  });

  it('tells how much was taken, cumulatively, up to everything', async () => {
    const { recorder, peer } = await open();
    for (const piece of pieces(pattern(100_000), 999)) recorder.send(piece);
    await until('everything is taken', () => recorder.takenUnits === 100_000);
    recorder.send(greeting);
    await until('the rest is taken', () => recorder.takenUnits === 100_005);
    await until('it has arrived', () => peer.receivedBytes === 100_005);
  });
}

function endCases(open: () => Promise<OpenedChannel>): void {
  it("tells the other side's end once, after its last bytes, and can still send", async () => {
    const { recorder, peer } = await open();
    peer.write(greeting);
    peer.end();
    await until('the end is told', () => recorder.events.includes('end'));
    expect(recorder.receivedUnits).to.equal(5);
    recorder.send(greeting);
    await until('what was sent after it has arrived', () => peer.receivedBytes === 5);
    recorder.end();
    await until('both sides are done', () => recorder.isClosed && peer.incoming === 'ended');
  });

  it('ends after what was sent before, and still receives', async () => {
    const { recorder, peer } = await open();
    recorder.send(pattern(200_000));
    recorder.end();
    await until('the end has arrived', () => peer.incoming === 'ended');
    expect(peer.receivedBytes).to.equal(200_000);
    peer.write(greeting);
    peer.end();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.receivedUnits).to.equal(5);
    expect(recorder.events).to.include('end').and.not.to.include('reset');
  });

  it('sends nothing after its end, and ends once', async () => {
    const { recorder, peer } = await open();
    recorder.end();
    recorder.send(greeting);
    recorder.end();
    await until('the end has arrived', () => peer.incoming === 'ended');
    peer.end();
    await until('it is closed', () => recorder.isClosed);
    expect(peer.receivedBytes).to.equal(0);
  });

  it("tells the other side's reset as a reset", async () => {
    const { recorder, peer } = await open();
    peer.write(greeting);
    await until('the bytes before it are told', () => recorder.receivedUnits === 5);
    peer.reset();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events.slice(-2)).to.deep.equal(['reset', 'closed']);
    expect(recorder.resetFault).to.equal('peer');
    expect(recorder.resetReason).to.be.an('error');
    recorder.send(greeting);
    recorder.end();
    recorder.reset();
    await turns(3);
  });

  it('resets, and the other side sees a reset and no end', async () => {
    const { recorder, peer } = await open();
    recorder.reset();
    recorder.reset();
    await until('the reset has arrived', () => peer.incoming !== 'open');
    expect(peer.incoming).to.equal('reset');
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events).not.to.include('end').and.not.to.include('reset');
  });

  it('resets after its own end', async () => {
    const { recorder, peer } = await open();
    recorder.end();
    await until('the end has arrived', () => peer.incoming === 'ended');
    recorder.reset();
    await until('it is closed', () => recorder.isClosed);
  });
}

function backpressureCases(open: () => Promise<OpenedChannel>): void {
  it('tells nothing while paused, and everything afterwards', async () => {
    const { recorder, peer } = await open();
    recorder.pause();
    const bytes = pattern(300_000);
    for (const piece of pieces(bytes, 3000)) peer.write(piece);
    peer.end();
    await turns(20);
    expect(recorder.receivedUnits).to.equal(0);
    recorder.resume();
    await until('the end is told', () => recorder.events.includes('end'));
    expect(Buffer.compare(recorder.received, bytes)).to.equal(0);
  });

  it('keeps an end and the close after it until it is resumed', async () => {
    const { recorder, peer } = await open();
    recorder.end();
    recorder.pause();
    peer.end();
    await until('the peer has seen the end', () => peer.incoming === 'ended');
    await turns(20);
    expect(recorder.events).not.to.include('end').and.not.to.include('closed');
    recorder.resume();
    await until('it is closed', () => recorder.isClosed);
    expect(recorder.events.filter((event) => event !== 'idle').slice(-2)).to.deep.equal(['end', 'closed']);
  });

  it('pauses and resumes again and again without loss', async () => {
    const { recorder, peer } = await open();
    const bytes = pattern(1024 * 1024);
    for (const piece of pieces(bytes, 20_000)) peer.write(piece);
    while (recorder.receivedUnits < bytes.length) {
      const before = recorder.receivedUnits;
      await until('more has come', () => recorder.receivedUnits > before);
      recorder.pause();
      await turns(1);
      recorder.resume();
    }
    expect(Buffer.compare(recorder.received, bytes)).to.equal(0);
  });

  it('does not read while paused: the other side cannot get rid of what it sends', async () => {
    const { recorder, peer } = await open();
    recorder.pause();
    peer.write(new Uint8Array(moreThanBuffers));
    await turns(200);
    expect(peer.pendingBytes).to.be.greaterThan(0);
    recorder.reset();
    await until('it is closed', () => recorder.isClosed);
  });

  it('does not say that it was taken what the other side does not read', async () => {
    const { recorder, peer } = await open();
    peer.pause();
    const half = new Uint8Array(moreThanBuffers / 2);
    recorder.send(half);
    recorder.send(half);
    await turns(200);
    expect(recorder.takenUnits).to.be.lessThan(moreThanBuffers);
    peer.resume();
    await until('everything is taken', () => recorder.takenUnits === moreThanBuffers);
    await until('everything has arrived', () => peer.receivedBytes === moreThanBuffers);
  });
}
