import { expect } from 'chai';
import fc from 'fast-check';
import { joinSmallPieces } from './join-pieces.js';
import { linkLimits } from './limits.js';

const small = fc.uint8Array({ maxLength: 20 });
const large = fc.nat(3).map((more) => new Uint8Array(linkLimits.joinPieceBytesMax + 1 + more).fill(more));

describe('joining small pieces', () => {
  it('keeps the bytes and their order, copies no large piece, and leaves no two small ones side by side', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(small, large), { minLength: 1, maxLength: 12 }), (pieces) => {
        const joined = joinSmallPieces(pieces);
        expect(Buffer.concat(joined).equals(Buffer.concat(pieces))).to.equal(true);
        const isLarge = ({ byteLength }: Uint8Array): boolean => byteLength > linkLimits.joinPieceBytesMax;
        expect(joined.filter(isLarge).every((piece) => (pieces as Uint8Array[]).includes(piece))).to.equal(true);
        expect(joined.every((piece, index) => isLarge(piece) || index === 0 || isLarge(joined[index - 1]!))).to.equal(
          true,
        );
      }),
    );
  });
});
