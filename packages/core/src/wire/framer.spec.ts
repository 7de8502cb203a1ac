import { expect } from 'chai';
import fc from 'fast-check';
import type { Block } from './block.js';
import { decodePeerMessage } from './decode-peer.js';
import { encodePeerMessage } from './encode-peer.js';
import { Framer } from './framer.js';
import { wireLimits } from './limits.js';
import { peerMessage } from './wire-arbitraries.fixture.js';

/** Feeds chunks and collects a copy of each frame. */
function readFrames(chunks: readonly Uint8Array[]): { frames: string[]; fault: string | undefined } {
  const frames: string[] = [];
  const framer = new Framer(({ bytes, headerStart, bodyStart, end }: Block) => {
    const [header, body] = [bytes.subarray(headerStart, bodyStart), bytes.subarray(bodyStart, end)];
    frames.push(`${Buffer.from(header).toString('hex')}|${Buffer.from(body).toString('hex')}`);
    return true;
  });
  framer.frameBytesMax = wireLimits.frameBytesMax;
  let fault: string | undefined;
  for (const chunk of chunks) fault ??= framer.push(chunk);
  return { frames, fault };
}

function frameOf(headerLength: number, block: Uint8Array, frameLength = block.byteLength + 4): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(frameLength, 0);
  prefix.writeUInt32LE(headerLength, 4);
  return Buffer.concat([prefix, block]);
}

describe('wire: framer', () => {
  it('finds the same frames wherever the stream is cut in two (F13)', () => {
    const stream = Buffer.concat([
      frameOf(3, Buffer.from('abcdef')),
      frameOf(0, Buffer.alloc(0)),
      frameOf(2, Buffer.from('xy')),
    ]);
    const whole = readFrames([stream]);
    expect(whole.frames).to.deep.equal(['616263|646566', '|', '7879|']);
    for (let at = 0; at <= stream.byteLength; at++) {
      expect(readFrames([stream.subarray(0, at), stream.subarray(at)]), `cut at ${at}`).to.deep.equal(whole);
    }
  });

  it('finds the same messages however the stream is cut (F13)', () => {
    fc.assert(
      fc.property(fc.array(peerMessage, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 40 }), (messages, cuts) => {
        const stream = Buffer.concat(messages.flatMap(encodePeerMessage));
        const offsets = [...new Set(cuts.map((cut) => cut % (stream.byteLength + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...offsets].map((from, index) => stream.subarray(from, offsets[index]));
        expect(readFrames(chunks)).to.deep.equal(readFrames([stream]));
        expect(readFrames(Array.from(stream, (byte) => Uint8Array.of(byte)))).to.deep.equal(readFrames([stream]));
      }),
    );
  });

  it('hands a frame inside a chunk over where it is', () => {
    const stream = Buffer.concat(encodePeerMessage({ kind: 'leave', view: 1 } as never));
    let found: Block | undefined;
    new Framer((block) => {
      found = block;
      return true;
    }).push(stream);
    expect(found?.bytes).to.equal(stream);
    expect(found && decodePeerMessage(found)).to.deep.equal({ kind: 'leave', view: 1 });
  });

  it('hands a frame over where it is, too, that spans chunks which lie behind each other', () => {
    const whole = new Uint8Array(frameOf(3, Buffer.from('abcdefghij')));
    const found: Block[] = [];
    const framer = new Framer((block) => found.push(block) > 0);
    for (const [from, to] of [
      [0, 9],
      [9, 12],
      [12, whole.length],
    ] as const)
      framer.push(new Uint8Array(whole.buffer, from, to - from));
    expect(found.map(({ bytes }) => bytes.buffer)).to.deep.equal([whole.buffer]);
    expect(found[0]!.bytes.byteOffset + found[0]!.bodyStart).to.equal(8 + 3);
  });

  it('writes nowhere when it puts together what does not', () => {
    const frame = frameOf(3, Buffer.from('abcdefghij'));
    const buffers = [0, 5, 9, 12].map((from, index, all) => {
      const buffer = new Uint8Array(40).fill(0xee);
      buffer.set(frame.subarray(from, all[index + 1] ?? frame.length), 10);
      return { buffer, length: (all[index + 1] ?? frame.length) - from };
    });
    const before = buffers.map(({ buffer }) => [...buffer]);
    expect(readFrames(buffers.map(({ buffer, length }) => buffer.subarray(10, 10 + length)))).to.deep.equal(
      readFrames([frame]),
    );
    expect(buffers.map(({ buffer }) => [...buffer])).to.deep.equal(before);
  });

  it('stops where the reader has enough', () => {
    const stream = Buffer.concat([frameOf(0, Buffer.from('1')), frameOf(0, Buffer.from('2'))]);
    let count = 0;
    const framer = new Framer(() => {
      count++;
      return false;
    });
    expect(framer.push(stream)).to.equal(undefined);
    expect(count).to.equal(1);
  });

  it('refuses lengths that cannot be, wherever they are cut, and takes no memory for them (F28)', () => {
    const faults: [fault: string, frame: Buffer][] = [
      ['frame-empty', frameOf(0, Buffer.alloc(0), 0)],
      ['frame-header-too-large', frameOf(0, Buffer.alloc(0), 3)],
      ['frame-header-too-large', frameOf(2, Buffer.from('x'))],
      ['frame-header-too-large', frameOf(2 ** 31, Buffer.from('x'))],
      ['frame-too-large', frameOf(0, Buffer.alloc(0), wireLimits.frameBytesMax + 1)],
      ['frame-too-large', frameOf(0, Buffer.alloc(0), 2 ** 31)],
      ['frame-too-large', frameOf(0, Buffer.alloc(0), 2 ** 32 - 1)],
      ['frame-too-large', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ];
    for (const [fault, frame] of faults) {
      expect(readFrames([frame]), frame.toString('hex')).to.deep.equal({ frames: [], fault });
      for (let at = 1; at < frame.byteLength; at++) {
        expect(readFrames([frame.subarray(0, at), frame.subarray(at)]).fault).to.equal(fault);
      }
    }
  });

  it('accepts only small frames before it is told otherwise', () => {
    const framer = new Framer(() => true);
    expect(framer.push(frameOf(0, Buffer.alloc(wireLimits.handshakeFrameBytesMax)))).to.equal('frame-too-large');
  });

  it('survives garbage without holding more than one frame', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (chunks) => void readFrames(chunks)),
      { numRuns: 1000 },
    );
  });
});
