import { expect } from 'chai';
import fc from 'fast-check';
import { joinPayloads } from './join-payloads.js';

const kibibyte = 1024;

describe('joinPayloads', () => {
  const lengthsOf = (...lengths: readonly number[]): number[] =>
    joinPayloads(lengths.map((length) => new Uint8Array(length))).map(({ byteLength }) => byteLength);

  it('joins short neighbours, up to 64 KiB', () => {
    expect(lengthsOf(1, 2, 3)).to.deep.equal([6]);
    expect(lengthsOf(...Array.from({ length: 9 }, () => 16 * kibibyte))).to.deep.equal([
      64 * kibibyte,
      64 * kibibyte,
      16 * kibibyte,
    ]);
  });

  it('does not copy what is long, or alone', () => {
    const [short, long] = [new Uint8Array(10), new Uint8Array(16 * kibibyte + 1)];
    expect(joinPayloads([short])[0]).to.equal(short);
    expect(joinPayloads([long, short, long])[0]).to.equal(long);
    expect(lengthsOf(5, 6, 20_000, 7, 8)).to.deep.equal([11, 20_000, 15]);
  });

  it('keeps the bytes and their order', () => {
    const property = fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }), (payloads) => {
      expect(Buffer.concat(joinPayloads(payloads))).to.deep.equal(Buffer.concat(payloads));
    });
    fc.assert(property);
  });
});
