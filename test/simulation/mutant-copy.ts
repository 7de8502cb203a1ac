import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutants.js';

/** Packages that mutants are made of, with a module of each by which it is found. */
const copied = {
  contracts: '@lockstep/contracts',
  core: '@lockstep/core/protocol',
  testkit: '@lockstep/testkit/simulator',
};

/** A copy of the compiled packages in a folder of its own, so that mutating them harms nobody. */
export class MutantCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'lockstep-mutants-'));

  constructor() {
    const modules = join(this.#folder, 'node_modules');
    for (const [name, specifier] of Object.entries(copied)) {
      const target = join(modules, '@lockstep', name);
      mkdirSync(target, { recursive: true });
      const source = packageFolder(specifier);
      for (const part of ['package.json', 'dist']) cpSync(join(source, part), join(target, part), { recursive: true });
    }
    const protobufjs = dirname(fileURLToPath(import.meta.resolve('protobufjs/minimal.js')));
    symlinkSync(realpathSync(protobufjs), join(modules, 'protobufjs'));
  }

  /** The worker of a batch that runs the copied code. */
  get worker(): string {
    return join(this.#folder, 'node_modules/@lockstep/testkit/dist/simulator/batch/batch-worker.js');
  }

  /**
   * Mutates the copy while `run` runs.
   *
   * @throws Error if the text to be replaced is not in the file exactly once
   */
  async mutated<Result>({ name, file, find, replace }: Mutant, run: () => Promise<Result>): Promise<Result> {
    const path = join(this.#folder, 'node_modules/@lockstep/core/dist', file);
    const code = readFileSync(path, 'utf8');
    const count = code.split(find).length - 1;
    if (count !== 1) throw new Error(`mutant "${name}": its text is in ${file} ${count} times, not once`);
    writeFileSync(
      path,
      code.replace(find, () => replace),
    );
    try {
      return await run();
    } finally {
      writeFileSync(path, code);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The folder of an installed package, above the `dist` that this module of it is in. */
function packageFolder(specifier: string): string {
  const path = fileURLToPath(import.meta.resolve(specifier));
  return path.slice(0, path.lastIndexOf('/dist/'));
}
