import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import configuration from '../.dependency-cruiser.mjs';
import { root } from './paths.mjs';

// Checks the layers with dependency-cruiser, which passes when it cannot load TypeScript and so reads nothing. That is
// why we count what it read.

const folders = ['packages', 'adapters', 'examples', 'test'];
const { output } = await cruise(folders, {
  ...configuration.options,
  baseDir: root,
  ruleSet: { forbidden: configuration.forbidden },
  validate: true,
});
const read = output.modules.filter(({ source }) => isSource(source)).length;
const present = folders
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }))
  .filter(isSource).length;
for (const { rule, from, to } of output.summary.violations) console.error(`${from} → ${to} breaks ${rule.name}`);
if (read < present) console.error(`dependency-cruiser read ${read} of ${present} files.`);
console.log(`${read} files, ${output.summary.totalDependenciesCruised} imports, ${output.summary.error} faults`);
process.exitCode = read < present || output.summary.error > 0 ? 1 : 0;

function isSource(path) {
  return /\.(ts|mjs)$/.test(path) && !/(^|\/)(node_modules|dist|generated)\//.test(path);
}
