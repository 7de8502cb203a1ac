import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { repository } from '../support/repository.js';

const guide = join(repository, 'docs/write-an-adapter.md');
const templates = join(repository, 'packages/cli/templates/dialect');

/** What the guide shows is in the package that it has the reader create, which is compiled and tested next door. */
describe('docs/write-an-adapter.md', () => {
  it('shows code that create-adapter writes', async () => {
    const blocks = [...(await readFile(guide, 'utf8')).matchAll(/```ts\n\/\/ (\S+)\n([^`]*)```/g)];
    expect(blocks.length).to.be.greaterThan(4);
    for (const [, file, code] of blocks) {
      const template = await readFile(join(templates, `${file}.template`), 'utf8');
      expect(template, `the code of ${file} in the guide`).to.include(code);
    }
  });

  it('names files, folders and sections that are there', async () => {
    const text = await readFile(guide, 'utf8');
    const sources = await readdir(join(templates, 'src'));
    for (const [, name] of text.matchAll(/`(frame-[a-z-]+\.ts)`/g)) expect(sources).to.include(`${name}.template`);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    );
    for (const [, anchor] of text.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).to.include(anchor);
    for (const [, path = ''] of text.matchAll(/\]\((\.\.\/[^)]+)\)/g)) {
      expect(await readdir(join(repository, 'docs', path)), path).to.include('README.md');
    }
  });
});
