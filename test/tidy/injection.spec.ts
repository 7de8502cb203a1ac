import { expect } from 'chai';
import { expectNone } from './expect-none.js';
import { findContainerLookups, findModuleState, findStrayInjection } from './injection.js';
import { readSources, Source } from './source.js';

describe('tidy: injection', () => {
  it('inversify stays in modules and the composition root', () => {
    expectNone(readSources(), findStrayInjection);
  });

  it('only the composition root looks up the container', () => {
    expectNone(readSources(), findContainerLookups);
  });

  it('no module has state that changes', () => {
    expectNone(readSources(), findModuleState);
  });

  it('finds what it is to find, and only where it is to', () => {
    const text =
      "import { Container } from 'inversify';\nlet last = container.get(tokens.Dialect);\nconst x = map.get(1);";
    const stray = new Source('packages/core/src/link/link.ts', text);
    expect(findStrayInjection([stray])).to.have.lengthOf(1);
    expect(findContainerLookups([stray])).to.have.lengthOf(1);
    expect(findModuleState([stray])).to.have.lengthOf(1);
    const root = new Source('packages/core/src/compose.ts', text);
    expect([...findStrayInjection([root]), ...findContainerLookups([root])]).to.deep.equal([]);
    expect(findStrayInjection([new Source('adapters/tcp/src/module.ts', text)])).to.deep.equal([]);
  });
});
