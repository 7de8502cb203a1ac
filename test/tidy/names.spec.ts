import { expect } from 'chai';
import { expectNone } from './expect-none.js';
import { findBadNames } from './names.js';
import { readSources, Source } from './source.js';

describe('tidy: names', () => {
  it('every file is named after what is in it, in kebab-case', () => {
    expectNone(readSources(), findBadNames);
  });

  it('finds names that could be anything', () => {
    const paths = ['packages/core/src/utils/a.ts', 'test/helpers.ts', 'packages/cli/src/link-manager.ts', 'test/aB.ts'];
    expect(findBadNames(paths.map((path) => new Source(path, '')))).to.have.lengthOf(4);
  });

  it('leaves other names alone', () => {
    const paths = ['packages/core/src/compose.ts', 'packages/core/src/output-cache.spec.ts', 'eslint.config.mjs'];
    expect(findBadNames(paths.map((path) => new Source(path, '')))).to.deep.equal([]);
  });
});
