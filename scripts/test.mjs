import { availableParallelism } from 'node:os';
import { build } from './build.mjs';
import { findGroups } from './testing/find-groups.mjs';
import { printSummary } from './testing/report.mjs';
import { runGroup } from './testing/run-group.mjs';
import { runPool } from './testing/run-pool.mjs';

// `npm test` runs everything; `npm test -- packages/core test/tidy` runs the groups whose names start like that.

const wanted = process.argv.slice(2);
let reports;
try {
  await build();
  const groups = findGroups().filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)));
  if (groups.length === 0) throw new Error(`There are no tests ${wanted.length > 0 ? `in ${wanted.join(', ')}` : ''}.`);
  // The longest first, so that the others fill the remaining processors meanwhile.
  const together = ['heavy', 'quick'].flatMap((kind) => groups.filter((group) => group.kind === kind));
  const alone = groups.filter((group) => group.kind === 'alone');
  const width = Math.max(2, availableParallelism());
  reports = await runPool(
    together.map((group) => () => runGroup(group, { live: false })),
    width,
  );
  for (const group of alone) reports.push(await runGroup(group, { live: true }));
} catch (error) {
  reports = [{ name: 'npm test', passed: 0, failures: [error.message], skips: [] }];
}
printSummary(reports);
process.exitCode = reports.some(({ failures }) => failures.length > 0) ? 1 : 0;
