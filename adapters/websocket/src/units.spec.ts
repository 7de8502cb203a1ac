import { pattern } from '@lockstep/testkit';
import { expect } from 'chai';
import { decodeUnit, encodeUnit, isHandshake, messageSegments, pieceBytesMax, type Unit } from './units.js';

describe('the units of a WebSocket', () => {
  const units: readonly Exclude<Unit, { kind: 'message' }>[] = [
    { kind: 'handshake', request: { target: '/a?b=%20', rawHeaders: ['Host', 'x', 'X-Latin', 'café'] } },
    { kind: 'accepted', rawHeaders: ['Set-Cookie', 'a', 'Set-Cookie', 'b'] },
    { kind: 'refused', status: 404, statusText: 'Not Found', rawHeaders: [] },
    { kind: 'close', code: 4999, reason: Buffer.from('✓') },
    { kind: 'close', code: 1000, reason: Buffer.alloc(0) },
    { kind: 'close', code: undefined, reason: Buffer.alloc(0) },
  ];
  for (const unit of units) {
    it(`${JSON.stringify(unit).slice(0, 60)} comes back as it was, and counts one`, () => {
      const segment = encodeUnit(unit);
      expect(decodeUnit(segment)).to.deep.equal(unit);
      expect(segment.length).to.equal(1);
      expect(segment.payload.byteLength).to.be.greaterThan(1);
    });
  }

  it('a handshake is told from the units of HTTP', () => {
    expect(isHandshake(encodeUnit({ kind: 'handshake', request: { target: '/', rawHeaders: [] } }))).to.equal(true);
    expect(isHandshake({ length: 1, payload: Uint8Array.of(1, 0) })).to.equal(false);
    expect(isHandshake({ length: 1, payload: Uint8Array.of(0x40) })).to.equal(false);
  });

  for (const [bytes, pieces] of [
    [0, 1],
    [1, 1],
    [pieceBytesMax, 1],
    [pieceBytesMax + 1, 2],
    [3 * pieceBytesMax, 3],
  ] as const) {
    it(`a message of ${bytes} bytes travels in ${pieces} units`, () => {
      const segments = messageSegments(pattern(bytes), true);
      const read = segments.map(decodeUnit) as (Unit & { kind: 'message' })[];
      expect(segments.map(({ length }) => length)).to.deep.equal(new Array(pieces).fill(1));
      expect(read.map(({ isLast }) => isLast).indexOf(true)).to.equal(pieces - 1);
      expect(Buffer.compare(Buffer.concat(read.map(({ payload }) => payload)), pattern(bytes))).to.equal(0);
    });
  }

  it('what is no unit is none', () => {
    for (const bytes of [[], [0x43], [1, 0], [0x46, 0], [0xff, 0xff], [0x40, 0, 0x7b]]) {
      expect(decodeUnit({ length: 1, payload: Uint8Array.from(bytes) })).to.equal(undefined);
    }
  });
});
