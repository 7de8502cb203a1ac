import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a test may need from the machine, and the Debian package that brings it. */
const debianPackages = {
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  'redis-benchmark': 'redis-tools',
  memcached: 'memcached',
  curl: 'curl',
  wrk: 'wrk',
  nc: 'netcat-openbsd',
  haproxy: 'haproxy',
  bc: 'bc',
  sqlite3: 'sqlite3',
  tsp: 'task-spooler',
  chromium: 'chromium',
  ip: 'iproute2',
  nft: 'nftables',
  strace: 'strace',
} as const;

/** A program on the `PATH`, or the rights of root. */
export type Requirement = keyof typeof debianPackages | 'root';

/** A test or suite that says why it is skipped; the runner of `npm test` reports the reason. */
interface Skippable {
  skipReason?: string;
}

/**
 * Says what a test, or in a `before` hook a whole suite, needs from the machine: `requires(this, 'redis-server')`. If it is
 * missing, the test is skipped and the reason reported; where the environment says `CI=true`, the test fails instead.
 *
 * @throws Error in CI, when something is missing
 */
export function requires(context: Mocha.Context, ...requirements: Requirement[]): void {
  const missing = requirements.filter((requirement) => !isPresent(requirement));
  if (missing.length === 0) return;
  const reason = `needs ${missing.map(describeRequirement).join(', ')}`;
  if (process.env['CI'] === 'true') throw new Error(`This test ${reason}, and in CI nothing is skipped.`);
  explainSkip(context, reason);
  context.skip();
}

function isPresent(requirement: Requirement): boolean {
  if (requirement === 'root') return process.getuid?.() === 0;
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, requirement)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function describeRequirement(requirement: Requirement): string {
  return requirement === 'root' ? 'root' : `${requirement} (apt-get install ${debianPackages[requirement]})`;
}

/** In a hook mocha skips every test of the suite, so each of them carries the reason. */
function explainSkip(context: Mocha.Context, reason: string): void {
  const runnable = context.runnable() as Mocha.Test | Mocha.Hook;
  const explain = (test: Mocha.Test): void => void Object.assign<Mocha.Test, Skippable>(test, { skipReason: reason });
  if (runnable.type === 'test') explain(runnable);
  else runnable.parent?.eachTest(explain);
}
