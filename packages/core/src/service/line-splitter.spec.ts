import { expect } from 'chai';
import fc from 'fast-check';
import { LineSplitter } from './line-splitter.js';

function split(...chunks: string[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('tells whole lines, and the last one without its end', () => {
    expect(split('a\nb', 'c\r\n\nd')).to.deep.equal(['a', 'bc', '', 'd']);
    expect(split('a\n')).to.deep.equal(['a']);
  });

  it('cuts a line that is too long, and does not wait for its end', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    splitter.push('x'.repeat(5000));
    expect(lines.map(({ length }) => length)).to.deep.equal([4096, 904]);
    splitter.push(`${'y'.repeat(9000)}\nz\n`);
    expect(lines.map(({ length }) => length)).to.deep.equal([4096, 904, 4096, 4096, 808, 1]);
  });

  it('does not care how the text arrives', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n'), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(60), (whole, at) => {
        expect(split(whole.slice(0, at), whole.slice(at))).to.deep.equal(split(whole));
      }),
    );
  });
});
