import { expect } from 'chai';
import { RecentTexts } from './recent-texts.js';

describe('recent texts', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  let recent: RecentTexts;

  beforeEach(() => (recent = new RecentTexts()));

  function find(text: string): string | undefined {
    return recent.find(bytes(text), 0, bytes(text).length);
  }

  function note(text: string): void {
    recent.note(text, bytes(text), 0, bytes(text).length);
  }

  it('are none at first, not even the empty one', () => {
    expect(find('a')).to.equal(undefined);
    expect(find('')).to.equal(undefined);
  });

  it('are the same bytes, wherever they are', () => {
    recent.note('käse', bytes('[käse]'), 1, 6);
    expect(find('käse')).to.equal('käse');
    expect(recent.find(bytes('..käse..'), 2, 7)).to.equal('käse');
    for (const other of ['kase', 'käs', 'käsef', 'käsf', '']) expect(find(other), other).to.equal(undefined);
  });

  it('keep nothing of the buffer that they came in', () => {
    const buffer = Buffer.from('[name]');
    recent.note('name', buffer, 1, 5);
    buffer.fill('x');
    expect(find('name')).to.equal('name');
  });

  it('are several, of which none is taken for another one', () => {
    const texts = Array.from({ length: 300 }, (_, index) => `member-${index}/${(index * 7919) % 1000}`);
    let foundCount = 0;
    for (const text of texts) {
      note(text);
      expect(find(text)).to.equal(text);
      for (const other of texts) {
        const found = find(other);
        if (found === undefined) continue;
        foundCount++;
        expect(found).to.equal(other);
      }
    }
    expect(foundCount).to.be.above(10 * texts.length);
  });

  it('do not change with the bytes that they were decoded from', () => {
    const shared = bytes('abc');
    recent.note('abc', shared, 0, 3);
    shared[1] = 'x'.charCodeAt(0);
    expect(find('abc')).to.equal('abc');
    expect(find('axc')).to.equal(undefined);
  });

  it('are no long ones', () => {
    const long = 'x'.repeat(129);
    note(long);
    expect(find(long)).to.equal(undefined);
    note(long.slice(1));
    expect(find(long.slice(1))).to.equal(long.slice(1));
  });
});
