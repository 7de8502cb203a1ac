import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { repository } from '../support/repository.js';
import { expectNone } from './expect-none.js';
import { findDependencyFaults, findIncompletePackages } from './packages.js';
import { readSources, Source } from './source.js';
import { readWorkspacePackages, type WorkspacePackage } from './workspace-package.js';

describe('tidy: packages', () => {
  it('every package has a README, the version of lerna.json and the license', () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'lerna.json'), 'utf8')) as { version: string };
    expectNone(readWorkspacePackages(), (packages) => findIncompletePackages(packages, version));
  });

  it('every package declares what it uses, and uses what it declares', () => {
    const sources = readSources();
    expectNone(readWorkspacePackages(), (packages) => findDependencyFaults(packages, sources));
  });

  it('the lock file names no registry', () => {
    const lockFile = readFileSync(join(repository, 'package-lock.json'), 'utf8');
    expect(lockFile).to.contain('"integrity"');
    expect(lockFile).not.to.match(/"resolved": "https?:/);
  });

  it('finds what is missing or too much', () => {
    const manifest = { name: 'x', version: '1.0.0', dependencies: { zod: '1' }, devDependencies: { ws: '1' } };
    const bare: WorkspacePackage = { folder: 'packages/x', manifest, hasReadme: false };
    const source = new Source('packages/x/src/a.ts', "import 'yaml';\nimport 'ws';\nimport 'node:fs';");
    expect(findIncompletePackages([bare], '2.0.0')).to.have.lengthOf(3);
    expect(findDependencyFaults([bare], [source])).to.deep.equal([
      'packages/x uses yaml and does not declare it',
      'packages/x ships code that uses ws, which is not among its dependencies',
      'packages/x declares zod and does not use it',
    ]);
  });
});
