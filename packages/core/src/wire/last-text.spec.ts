import { expect } from 'chai';
import { LastText } from './last-text.js';

describe('last text', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  let last: LastText;

  beforeEach(() => (last = new LastText()));

  it('is none at first, not even the empty one', () => {
    expect(last.isAt(bytes('a'), 0, 1)).to.equal(false);
    expect(last.isAt(bytes('a'), 1, 1)).to.equal(false);
  });

  it('is the same bytes, wherever they are', () => {
    last.note('käse', bytes('[käse]'), 1, 6);
    expect(last.isAt(bytes('käse'), 0, 5)).to.equal(true);
    expect(last.isAt(bytes('..käse..'), 2, 7)).to.equal(true);
    expect(last.text).to.equal('käse');
    for (const other of ['kase', 'käs', 'käsef', 'käsf', ''])
      expect(last.isAt(bytes(other), 0, bytes(other).byteLength), other).to.equal(false);
  });

  it('is the last one, and no long one', () => {
    last.note('a', bytes('a'), 0, 1);
    last.note('b', bytes('b'), 0, 1);
    expect(last.isAt(bytes('a'), 0, 1)).to.equal(false);
    const long = 'x'.repeat(129);
    last.note(long, bytes(long), 0, 129);
    expect(last.isAt(bytes(long), 0, 129)).to.equal(false);
    expect(last.isAt(bytes('b'), 0, 1)).to.equal(true);
  });
});
