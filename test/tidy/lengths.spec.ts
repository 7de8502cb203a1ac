import { expect } from 'chai';
import { expectNone } from './expect-none.js';
import { findLongFiles, findLongFunctions, medianLength, medianLinesMax } from './lengths.js';
import { readSources, Source } from './source.js';

const linesOfCode = (count: number): string => 'call();\n'.repeat(count);

describe('tidy: lengths', () => {
  it('no file is too long without a reason', () => {
    expectNone(readSources(), findLongFiles);
  });

  it('no function is too long', () => {
    expectNone(readSources(), findLongFunctions);
  });

  it('the median file is short', () => {
    const sources = readSources();
    expect(sources).not.to.have.lengthOf(0);
    expect(medianLength(sources)).to.be.at.most(medianLinesMax);
  });

  it('finds a file of 401 lines, and lets it pass with a reason', () => {
    expect(findLongFiles([new Source('a.ts', linesOfCode(400))])).to.deep.equal([]);
    expect(findLongFiles([new Source('a.ts', linesOfCode(401))])).to.have.lengthOf(1);
    expect(findLongFiles([new Source('a.ts', `// Length: a table of codes.\n${linesOfCode(401)}`)])).to.deep.equal([]);
  });

  it('finds a function of 71 lines, of every kind', () => {
    const body = linesOfCode(68);
    for (const text of [`function f() {\n${body}}`, `const f = () => {\n${body}};`, `class C { m() {\n${body}} }`]) {
      expect(findLongFunctions([new Source('a.ts', text)]), text).to.have.lengthOf(0);
      expect(findLongFunctions([new Source('a.ts', text.replace('call();', 'call();\n'))]), text).to.have.lengthOf(1);
    }
  });

  it('does not count suites', () => {
    const suite = `describe('x', () => {\n${linesOfCode(100)}});\n`;
    expect(findLongFunctions([new Source('a.spec.ts', `${suite}function compliance() {\n${suite}}`)])).to.deep.equal(
      [],
    );
  });

  it('knows the median', () => {
    const sources = [3, 1, 2].map((count) => new Source(`${count}.ts`, linesOfCode(count)));
    expect(medianLength([...sources, new Source('a.spec.ts', linesOfCode(9))])).to.equal(2);
  });
});
