import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommandLine } from '../command-line.js';
import { StubSurroundings } from '../stub-surroundings.fixture.js';

// That the packages build, pass their tests and serve is checked in test/install.
describe('lockstep create-adapter', () => {
  let folder: string;
  let surroundings: StubSurroundings;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-create-adapter-'));
    surroundings = new StubSurroundings();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...words: string[]): Promise<number> =>
    runCommandLine(['create-adapter', '--in', folder, ...words], surroundings);
  const filesOf = (name: string): string[] =>
    readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name: file }) => join(parentPath, file));

  it('says what is next', async () => {
    expect(await run('my-frames')).to.equal(0);
    expect(surroundings.stdout.text).to.match(/my-frames\/package\.json\n/);
    expect(surroundings.stdout.text).to.match(/Next:\n {2}\$ cd .*my-frames\n {2}\$ npm install\n/);
  });

  for (const kind of [[], ['--dialect'], ['--channel'], ['--faces']]) {
    it(`fills in everything, with ${kind.join() || 'no option'}`, async () => {
      expect(await run('@example/my-frames', ...kind)).to.equal(0);
      const files = filesOf('my-frames');
      expect(files.map((path) => path.replace(join(folder, 'my-frames/'), ''))).to.include.members([
        '.gitignore',
        'README.md',
        'lockstep.yaml',
        'package.json',
        'service.mjs',
        'src/compliance.spec.ts',
        'src/module.ts',
        'tsconfig.json',
      ]);
      for (const path of files) expect(readFileSync(path, 'utf8'), path).not.to.match(/\{\{\w+\}\}/);
      const manifest = JSON.parse(readFileSync(join(folder, 'my-frames/package.json'), 'utf8')) as { name: string };
      expect(manifest.name).to.equal('@example/my-frames');
    });
  }

  it('writes over nothing', async () => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/precious.txt'), 'precious');
    expect(await run('mine')).to.equal(2);
    expect(surroundings.stderr.text).to.match(/is there already, and not empty: choose another name/);
    expect(readdirSync(join(folder, 'mine'))).to.deep.equal(['precious.txt']);
  });

  it('takes a folder in which there is nothing', async () => {
    mkdirSync(join(folder, 'mine'));
    expect(await run('mine')).to.equal(0);
  });

  it('refuses a place that is a file', async () => {
    writeFileSync(join(folder, 'mine'), 'a file');
    expect(await run('mine')).to.equal(2);
    expect(surroundings.stderr.text).to.match(/cannot be made .* name another place with --in/);
  });

  for (const name of ['My Adapter', '../elsewhere', '@example/', '-x', 'x'.repeat(215)]) {
    it(`refuses the name ${name.slice(0, 20)}`, async () => {
      expect(await run('--', name)).to.equal(2);
      expect(surroundings.stderr.text).to.match(/cannot be the name of a package: write small letters/);
      expect(readdirSync(folder)).to.deep.equal([]);
    });
  }

  for (const name of ['http', '@lockstep/adapter-mine']) {
    it(`refuses ${name}, which is a name of Lockstep's own`, async () => {
      expect(await run(name)).to.equal(2);
      expect(surroundings.stderr.text).to.match(/choose another name, for example lockstep-adapter-(http|mine)\./);
    });
  }

  it('refuses two kinds at once', async () => {
    expect(await run('mine', '--faces', '--channel')).to.equal(2);
    expect(surroundings.stderr.text).to.match(/write --channel or --faces/);
  });
});
