import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { repository } from '../support/repository.js';
import { type Requirement, requires } from '../support/requires.js';

const run = promisify(execFile);
const program = join(repository, 'packages/bench/dist/main.js');

interface Results {
  readonly tables: readonly { readonly title: string; readonly rows: readonly (readonly unknown[])[] }[];
}

/** The benchmarks, and the program without which there is nothing of ours to measure. */
const benchmarks: Readonly<Record<string, Requirement | undefined>> = {
  ordering: undefined,
  pingpong: undefined,
  redis: 'redis-server',
  failover: undefined,
  scale: undefined,
  soak: undefined,
};

describe('bench: short runs', () => {
  for (const [name, requirement] of Object.entries(benchmarks)) {
    it(`${name} measures something`, async function () {
      this.timeout(300_000);
      if (requirement !== undefined) requires(this, requirement);
      const folder = mkdtempSync(join(tmpdir(), 'lockstep-short-run-'));
      try {
        const path = join(folder, 'results.json');
        await run(process.execPath, [program, name, '--short', '--json', path]);
        const { tables } = JSON.parse(readFileSync(path, 'utf8')) as Results;
        expect(tables).to.have.length.greaterThan(0);
        for (const { title, rows } of tables) {
          const ours = rows.filter(([row]) => String(row).startsWith('Lockstep'));
          expect(ours, title).to.have.length.greaterThan(0);
          for (const [row, figure] of ours) expect(figure, `${title}: ${String(row)}`).to.be.greaterThan(0);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
