import { expect } from 'chai';
import { BytePool } from './byte-pool.js';

describe('byte pool', () => {
  it('copies, and never gives the same memory twice', () => {
    const source = new Uint8Array(new ArrayBuffer(70_000));
    const pool = new BytePool(source.buffer);
    const copies: { readonly copy: Uint8Array; readonly value: number }[] = [];
    let state = 1;
    for (let step = 0; step < 500; step++) {
      state = (state * 48_271) % 2_147_483_647;
      const value = step & 0xff;
      for (let index = 0; index < source.length; index++) source[index] = value ^ (index % 251);
      const byteLength = step < 20 ? 505 + step : step < 40 ? 4080 + step : state % (step % 50 === 0 ? 70_000 : 5000);
      copies.push({ copy: pool.copy(byteLength), value });
      expect(copies.at(-1)!.copy.byteLength).to.equal(byteLength);
    }
    source.fill(0);
    for (const { copy, value } of copies)
      expect(copy.every((byte, index) => byte === (value ^ (index % 251)))).to.equal(true);
  });
});
