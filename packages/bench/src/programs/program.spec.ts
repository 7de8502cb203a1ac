import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { waitUntil } from '../measure/wait-until.js';
import { loopback } from '../network/host.js';
import { Program } from './program.js';

describe('bench: programs', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-spec-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (script: string): Program =>
    new Program(loopback, [process.execPath, '-e', script], join(folder, 'log'));

  it('are stopped in good order', async () => {
    const program = start(
      'process.on("SIGTERM", () => process.exit(console.log("bye"))); console.log("up"); setInterval(() => {}, 9e5);',
    );
    await waitUntil('it is up', 5000, () => readFileSync(join(folder, 'log'), 'utf8').includes('up') || undefined);
    await program.stop();
    expect(readFileSync(join(folder, 'log'), 'utf8')).to.equal('up\nbye\n');
  });

  it('show the end of their log when they have ended by themselves', async () => {
    const program = start('console.error("no such option"); process.exit(3);');
    const failure = await waitUntil('it ends', 5000, () => {
      try {
        program.expectAlive();
        return undefined;
      } catch (error) {
        return error as Error;
      }
    });
    expect(failure.message).to.contain('no such option');
  });
});
