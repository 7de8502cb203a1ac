import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePorts } from '../support/free-ports.js';
import { LineConnection } from '../support/line-connection.js';
import { repository } from '../support/repository.js';
import { CleanFolder } from './clean-folder.js';
import { InstalledGroup } from './installed-group.js';
import { PublishedPackages } from './published-packages.js';

/** A service of two lines, which counts its requests. */
const service = `
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

let requests = 0;
createServer((socket) => {
  socket.on('error', () => {});
  createInterface(socket).on('line', (line) => socket.write(\`\${line} \${(requests += 1)}\\n\`));
}).listen(Number(process.argv[2]), '127.0.0.1');
`;

/** An installation may fetch much over a slow line. */
const installMsMax = 400_000;

describe('what is published', function () {
  this.timeout(installMsMax);
  let published: PublishedPackages;
  let folder: CleanFolder;

  before(async () => {
    published = await PublishedPackages.pack();
    folder = await CleanFolder.make();
    await folder.write('package.json', '{ "private": true }');
    await folder.install(published.tarballs);
  });

  after(async () => {
    await folder.remove();
    await published.remove();
  });

  it('serves an empty folder elsewhere: npx lockstep check, up, status, and a kill', async () => {
    const [client = 0, ...ports] = await freePorts(7);
    const replica = (index: number): string =>
      `{ link: '127.0.0.1:${ports[index]}', vars: { port: ${ports[index + 3]} } }`;
    await folder.write('service.mjs', service);
    await folder.write(
      'lockstep.yaml',
      `group: counter
replicas:
  a: ${replica(0)}
  b: ${replica(1)}
  c: ${replica(2)}
service:
  run: node service.mjs \${port}
  ready: { tcp: '127.0.0.1:\${port}' }
endpoints:
  bytes:
    adapter: line
    client: { listen: '127.0.0.1:${client}' }
    service: { connect: '127.0.0.1:\${port}' }
`,
    );
    expect(await folder.run('npx', ['--no', 'lockstep', 'check'])).to.match(/is in order: group counter/);
    await InstalledGroup.with(folder, '.', async (group) => {
      const connection = await LineConnection.open(client);
      expect(await connection.ask('before')).to.equal('before 1');
      await group.killServing();
      expect(await connection.ask('after')).to.equal('after 2');
      await connection.close();
    });
  });

  it('runs what the README of core shows', async () => {
    const readme = await readFile(join(repository, 'packages/core/README.md'), 'utf8');
    const [, code = ''] = /```js\n([^`]*)```/.exec(readme) ?? [];
    await folder.write('readme.mjs', code);
    const example = spawn(process.execPath, ['readme.mjs'], { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(example.stdout, 'data')) as [Buffer];
    expect(said.toString()).to.match(/^clients may connect to \[ '127\.0\.0\.1:\d+' \]\n$/);
    example.kill('SIGTERM');
    expect(await once(example, 'exit')).to.deep.equal([0, null]);
  });

  for (const kind of ['dialect', 'channel', 'faces']) {
    it(`makes adapters: create-adapter --${kind}, npm install, npm test`, async () => {
      const name = `my-${kind}`;
      await folder.run('npx', ['--no', 'lockstep', 'create-adapter', `@example/${name}`, `--${kind}`]);
      // All kinds need the same packages, and to install them takes long.
      if (kind === 'dialect') await folder.install(published.tarballs, name);
      else await symlink('../my-dialect/node_modules', join(folder.path, name, 'node_modules'));
      expect(await folder.run('npm', ['test'], name)).to.match(/\d\d passing/);
    });

    it(`and the adapter serves through a kill, ${kind}`, async () => {
      const name = `my-${kind}`;
      const port = await moveToFreePorts(folder, `${name}/lockstep.yaml`);
      await InstalledGroup.with(folder, name, async (group) => {
        const client = folder.run('node', ['client.mjs', port, '200'], name);
        await group.killServing();
        expect(await client).to.match(/client-\d+ 200\n$/);
      });
    });
  }

  it('compiles what the README of contracts shows', async () => {
    const code = await indentedCode('packages/contracts/README.md', 'import { tokens');
    expect(code).to.include('export const adapter');
    await folder.write('my-dialect/src/readme.ts', code);
    await folder.run('npx', ['--no', 'tsc'], 'my-dialect');
  });
});

/** The indented code of a README that begins with this line, without its indentation. */
async function indentedCode(readme: string, firstLine: string): Promise<string> {
  const text = await readFile(join(repository, readme), 'utf8');
  const start = text.indexOf(`    ${firstLine}`);
  const [code = ''] = /^(?: {4}.*\n|\n)*/.exec(text.slice(start)) ?? [];
  return code.replace(/^ {4}/gm, '');
}

/**
 * Gives a configuration other ports than those that it was written with.
 *
 * @returns the one for clients
 */
async function moveToFreePorts(folder: CleanFolder, file: string): Promise<string> {
  const path = join(folder.path, file);
  const text = await readFile(path, 'utf8');
  const written = [...new Set(text.match(/\b78\d\d\b/g))];
  const free = await freePorts(written.length);
  await writeFile(
    path,
    text.replace(/\b78\d\d\b/g, (port) => String(free[written.indexOf(port)])),
  );
  return String(free[written.indexOf('7800')]);
}
