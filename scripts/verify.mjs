import { build } from './build.mjs';
import { checks, runCheck } from './checks.mjs';
import { findGroups } from './testing/find-groups.mjs';
import { printSummary } from './testing/report.mjs';
import { runGroup } from './testing/run-group.mjs';
import { runPool } from './testing/run-pool.mjs';

// The gate before a commit: types, lint, format, layering, tidy and unit tests. It changes no source; `npm run fix` does.

try {
  await build();
  const groups = findGroups().filter(({ kind }) => kind === 'quick');
  const outcomes = await runPool(
    [...checks.map((check) => () => runCheck(check)), ...groups.map((group) => () => runGroup(group, { live: false }))],
    2,
  );
  const failedChecks = outcomes.slice(0, checks.length).filter((name) => name !== undefined);
  const reports = outcomes.slice(checks.length);
  printSummary(reports);
  const isClean = failedChecks.length === 0 && reports.every(({ failures }) => failures.length === 0);
  if (failedChecks.length > 0)
    console.log(`These failed too: ${failedChecks.join(', ')}. \`npm run fix\` may mend it.`);
  process.exitCode = isClean ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
