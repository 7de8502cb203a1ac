import { expect } from 'chai';
import { expectNone } from './expect-none.js';
import { findLayeringFaults } from './layering.js';
import { readSources, Source } from './source.js';

describe('tidy: layering', () => {
  it('imports point one way', () => {
    expectNone(readSources(), findLayeringFaults);
  });

  const forbidden: [path: string, specifier: string][] = [
    ['packages/contracts/src/a.ts', '@lockstep/core'],
    ['packages/contracts/src/a.ts', 'node:net'],
    ['packages/core/src/link/a.ts', '@lockstep/testkit'],
    ['packages/core/src/link/a.ts', '@lockstep/contracts/dist/errors.js'],
    ['packages/core/src/link/a.ts', '../compose.js'],
    ['packages/core/src/link/a.ts', '../../../contracts/src/errors.js'],
    ['packages/core/src/link/a.ts', '../../../../test/support/requires.js'],
    ['packages/core/src/link/a.ts', 'net'],
    ['packages/core/src/protocol/order/a.ts', '../member.js'],
    ['packages/core/src/protocol/order/a.ts', '../../link/framing.js'],
    ['packages/core/src/protocol/order/a.ts', 'node:crypto'],
    ['packages/core/src/protocol/order/a.ts', 'pino'],
    ['packages/core/src/interceptors/a.ts', '../config/schema.js'],
    ['packages/cli/src/a.ts', '@lockstep/testkit'],
    ['packages/testkit/src/a.ts', '@lockstep/cli'],
    ['adapters/line/src/a.ts', '@lockstep/adapter-tcp'],
    ['adapters/line/src/a.ts', '@lockstep/core'],
  ];
  for (const [path, specifier] of forbidden) {
    it(`refuses '${specifier}' in ${path}`, () => {
      expect(findLayeringFaults([new Source(path, `import type { X } from '${specifier}';`)])).to.have.lengthOf(1);
    });
  }

  const allowed: [path: string, specifier: string][] = [
    ['packages/core/src/index.ts', './compose.js'],
    ['packages/core/src/protocol/member.ts', './order/sequencer.js'],
    ['packages/core/src/protocol/order/a.spec.ts', 'chai'],
    ['packages/core/src/interceptors/a.ts', '../executor/executor.js'],
    ['packages/testkit/src/a.ts', '@lockstep/core/protocol'],
    ['adapters/line/src/a.spec.ts', '@lockstep/testkit'],
    ['adapters/websocket/src/a.ts', '@lockstep/adapter-http'],
    ['test/faults/a.spec.ts', '@lockstep/adapter-tcp'],
  ];
  for (const [path, specifier] of allowed) {
    it(`allows '${specifier}' in ${path}`, () => {
      expect(findLayeringFaults([new Source(path, `const x = await import('${specifier}');`)])).to.deep.equal([]);
    });
  }
});
