import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Mocha from 'mocha';
import { root } from '../paths.mjs';

// The process of one group: loads the compiled specs that its arguments name, runs them, and tells its parent what
// became of them.

const slowMs = 1000;
const files = process.argv.slice(2);
const { timeout } = JSON.parse(readFileSync(join(root, '.mocharc.json'), 'utf8'));

class GroupReporter extends Mocha.reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_RUN_END } = Mocha.Runner.constants;
    // A test that takes its time gets a line when it is done, so that one sees that something moves.
    runner.on(EVENT_TEST_PASS, (test) => {
      if (test.duration >= slowMs) console.log(`  ✔ ${test.fullTitle()} (${(test.duration / 1000).toFixed(1)} s)`);
    });
    runner.on(EVENT_TEST_FAIL, (test) => console.log(`  ✘ ${test.fullTitle()}`));
    runner.once(EVENT_RUN_END, () => Mocha.reporters.Base.list(this.failures));
  }
}

const mocha = new Mocha({ timeout, forbidOnly: true, reporter: GroupReporter });
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();
const filesWithTests = new Set();
mocha.suite.eachTest((test) => filesWithTests.add(test.file));
const emptyFiles = files.filter((file) => !filesWithTests.has(file));

const result = { passed: 0, skips: [], failures: emptyFiles.map((file) => `${relative(root, file)} has no tests`) };
const runner = mocha.run(() => {
  process.send({ ...result, resources: process.getActiveResourcesInfo() });
  process.disconnect();
});
runner.on(Mocha.Runner.constants.EVENT_TEST_PASS, () => (result.passed += 1));
runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test) => result.failures.push(test.fullTitle()));
runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => {
  // The reason is left there by test/support/requires.ts. Nothing is skipped silently.
  if (test.skipReason) result.skips.push(`${test.fullTitle()} (${test.skipReason})`);
  else result.failures.push(`${test.fullTitle()} (skipped without a reason)`);
});
