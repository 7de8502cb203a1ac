import { expect } from 'chai';
import { showByteCount } from './byte-count.js';

describe('showByteCount', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1_258_291, '1.2 MiB'],
    [2 ** 40, '1024.0 GiB'],
  ];
  for (const [bytes, shown] of cases) {
    it(`shows ${bytes} as ${shown}`, () => expect(showByteCount(bytes)).to.equal(shown));
  }
});
