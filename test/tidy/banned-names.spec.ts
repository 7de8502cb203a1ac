import { expect } from 'chai';
import { findBannedNames } from './banned-names.js';
import { expectNone } from './expect-none.js';
import { readSources, Source } from './source.js';

const protocolFile = 'packages/core/src/protocol/order/a.ts';

describe('tidy: the protocol is pure', () => {
  it('mentions no clock, no chance, no scheduling', () => {
    const sources = readSources().filter(({ path }) => path.startsWith('packages/core/src/protocol/'));
    expectNone(sources, findBannedNames);
  });

  const impure = [
    'Date.now();',
    'new Date();',
    'const pick = Math.random();',
    'let later: Promise<void>;',
    'const f = async () => 1;',
    'for await (const x of y) z(x);',
    'setTimeout(f, 10);',
    'console.log(1);',
    'names.sort((a, b) => a.localeCompare(b));',
    'new Intl.Collator();',
  ];
  for (const text of impure) {
    it(`refuses ${text}`, () => {
      expect(findBannedNames([new Source(protocolFile, text)])).to.have.length.greaterThan(0);
    });
  }

  it('leaves comments, our own members, specs and other folders alone', () => {
    const free = [
      new Source(
        protocolFile,
        '// A Date would differ.\nconst x = { process: 1 };\ninterface Y { readonly console: 1 }',
      ),
      new Source('packages/core/src/protocol/order/a.spec.ts', 'Date.now();'),
      new Source('packages/core/src/link/a.ts', 'Date.now();'),
    ];
    expect(findBannedNames(free)).to.deep.equal([]);
  });
});
