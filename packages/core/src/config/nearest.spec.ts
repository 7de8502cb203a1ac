import { expect } from 'chai';
import { nearest } from './nearest.js';

describe('nearest', () => {
  const known = ['link', 'vars', 'witness', 'suspectAfterMs', 'reply'];
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['lnk', 'link'],
    ['LINK', 'link'],
    ['vras', 'vars'],
    ['suspectAfter', 'suspectAfterMs'],
    ['suspect_after_ms', 'suspectAfterMs'],
    ['replies', 'reply'],
    ['x', undefined],
    ['elephant', undefined],
    ['', undefined],
  ];
  for (const [word, expected] of cases) {
    it(`takes "${word}" for ${expected ?? 'nothing'}`, () => expect(nearest(word, known)).to.equal(expected));
  }
});
