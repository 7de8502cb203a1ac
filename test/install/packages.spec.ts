import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { repository } from '../support/repository.js';
import { PublishedPackages } from './published-packages.js';

describe('each published package', function () {
  this.timeout(120_000);
  let published: PublishedPackages;

  before(async () => void (published = await PublishedPackages.pack()));
  after(() => published.remove());

  it('is among those that there are', () => {
    const names = published.packages.map(({ manifest }) => manifest.name);
    expect(names).to.include.members(['@lockstep/core', '@lockstep/cli', '@lockstep/contracts', '@lockstep/testkit']);
    expect(names).to.include.members(
      ['http', 'line', 'stdio', 'tcp', 'websocket'].map((name) => `@lockstep/adapter-${name}`),
    );
  });

  it('says what it is, what it needs and what it exports', () => {
    for (const { manifest } of published.packages) {
      const { name, license, files, engines, bin } = manifest;
      expect(license, name).to.equal('MIT');
      expect(files, name).to.include('dist');
      expect(engines, name).to.deep.equal({ node: '>=20.19.0' });
      const entries = Object.entries(manifest.exports ?? {});
      expect(entries.length + Object.keys(bin ?? {}).length, `${name}: exports and commands`).to.be.greaterThan(0);
      for (const [path, entry] of entries)
        expect(Object.keys(entry), `${name}${path}`).to.deep.equal(['types', 'default']);
    }
  });

  it('contains its README and its code, and nothing of its tests', () => {
    for (const { manifest, files } of published.packages) {
      expect(files, manifest.name).to.include('README.md');
      expect(
        files.some((path) => path.startsWith('dist/')),
        manifest.name,
      ).to.equal(true);
      expect(
        files.filter((path) => /^dist\/.*(\.(spec|fixture)\.|tsbuildinfo)|^src\//.test(path)),
        manifest.name,
      ).to.deep.equal([]);
    }
  });

  it('has a README with an example that can be copied', async () => {
    for (const { manifest, folder } of published.packages) {
      const readme = await readFile(join(folder, 'README.md'), 'utf8');
      expect(readme, manifest.name).to.match(/^( {4}\S|```)/m);
    }
  });

  it('has nothing that publint complains of', async () => {
    const complaints: string[] = [];
    for (const { manifest, tarball } of published.packages) {
      const bytes = Uint8Array.from(await readFile(tarball)).buffer;
      const { messages } = await publint({ strict: true, pack: { tarball: bytes } });
      complaints.push(
        ...messages.map((message) => `${manifest.name}: ${formatMessage(message, manifest) ?? message.code}`),
      );
    }
    expect(complaints).to.deep.equal([]);
  });

  it('has types that are right for whoever imports it', async () => {
    // There is no CommonJS in them, and no resolution but that of `exports`; a CommonJS module can `import()` them.
    const withExports = published.packages.filter(({ manifest }) => manifest.exports !== undefined);
    for (const { tarball } of withExports) {
      await execa('npx', ['--no', 'attw', tarball, '--profile', 'esm-only', '--no-emoji'], { cwd: repository });
    }
    expect(withExports.length).to.be.greaterThan(5);
  });
});
