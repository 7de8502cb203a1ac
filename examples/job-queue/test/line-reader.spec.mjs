import { expect } from 'chai';
import { LINE_BYTES_MAX, LineReader, LineTooLongError } from '../service/line-reader.mjs';

/** @returns {string[]} all lines, and the error if there is one */
function readAll(chunks, reader = new LineReader()) {
  const lines = [];
  try {
    for (const chunk of chunks) {
      reader.push(chunk);
      for (let line = reader.next(); line !== undefined; line = reader.next()) lines.push(line);
    }
  } catch (error) {
    lines.push(error);
  }
  return lines;
}

describe('LineReader', () => {
  it('takes \\n and \\r\\n, mixed, and empty lines', () => {
    expect(readAll(['a\nb\r\n\n\r\nc\n'])).to.deep.equal(['a', 'b', '', '', 'c']);
  });

  it('keeps a \\r that ends no line', () => {
    expect(readAll(['a\rb\r\r\n'])).to.deep.equal(['a\rb\r']);
  });

  it('reads the same lines wherever the reads cut them', () => {
    const text = 'first\r\nsecond\n\nthird is longer\r\n';
    const whole = readAll([text]);
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(readAll([text.slice(0, cut), text.slice(cut)])).to.deep.equal(whole);
    }
    expect(readAll([...text])).to.deep.equal(whole);
  });

  it('waits for the terminator', () => {
    expect(readAll(['no end'])).to.deep.equal([]);
  });

  it('takes 100,000 lines in one read', () => {
    expect(readAll(['RUN\n'.repeat(100_000)])).to.have.length(100_000);
  });

  it('takes a line of the maximum and refuses one that is longer, however it is cut', () => {
    const longest = 'x'.repeat(LINE_BYTES_MAX);
    for (const end of ['\n', '\r\n']) {
      expect(readAll([longest + end])).to.deep.equal([longest]);
      expect(readAll([...longest, ...end])).to.deep.equal([longest]);
      for (const chunks of [[`a\nx${longest}${end}`], [...`a\nx${longest}${end}`]]) {
        const [first, error] = readAll(chunks);
        expect(first).to.equal('a');
        expect(error).to.be.instanceOf(LineTooLongError).with.property('message', 'line longer than 1024 bytes');
      }
    }
  });

  it('refuses a line that never ends', () => {
    expect(readAll(['x'.repeat(LINE_BYTES_MAX + 2)])[0]).to.be.instanceOf(LineTooLongError);
  });
});
