import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, tool } from './paths.mjs';
import { runNode } from './run-command.mjs';

const core = join(root, 'packages/core');
const schema = join(core, 'proto/lockstep.proto');
const generated = join(core, 'src/wire/generated');
const output = join(generated, 'lockstep.js');

// Plain objects in and out, 64-bit numbers as JavaScript numbers (order numbers and positions stay below 2^53), and
// only what the codec calls: encode and decode.
const options = [
  ...['--target', 'static-module', '--wrap', 'esm', '--root', 'lockstep', '--dts', '--force-number'],
  ...['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'],
];

/**
 * Generates the code of the wire messages from `lockstep.proto`, if the schema is newer. The compiler reads the
 * declarations next to the sources; what runs is the copy in `dist`.
 */
export async function generateWire() {
  if (!isCurrent(output)) {
    mkdirSync(generated, { recursive: true });
    const code = await runNode(tool('pbjs'), [...options, '--out', output, schema]);
    if (code !== 0) throw new Error(`pbjs failed with exit code ${code} for ${schema}.`);
  }
  const copy = join(core, 'dist/wire/generated');
  if (!isCurrent(join(copy, 'lockstep.js'))) {
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(generated, copy, { recursive: true });
  }
}

/** Whether it is newer than the schema, and than this script with its options. */
function isCurrent(path) {
  const newest = Math.max(...[schema, import.meta.filename].map((source) => statSync(source).mtimeMs));
  return existsSync(path) && statSync(path).mtimeMs >= newest;
}
