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

// Sets, because a test may fail twice, or after it passed, by an error that nothing catches.
const passed = new Set();
const failed = new Set();
const skipped = new Set();
const runner = mocha.run(() => {
  process.send({ ...countUp(), resources: process.getActiveResourcesInfo() });
  process.disconnect();
});
runner.on(Mocha.Runner.constants.EVENT_TEST_PASS, (test) => passed.add(test));
runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test) => failed.add(test));
runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => skipped.add(test));

function countUp() {
  const titles = (tests) => [...tests].map((test) => test.fullTitle());
  // The reason is left there by test/support/requires.ts. Nothing is skipped silently.
  const silent = [...skipped].filter((test) => !test.skipReason);
  const explained = [...skipped].filter((test) => test.skipReason);
  return {
    passed: [...passed].filter((test) => !failed.has(test)).length,
    skips: explained.map((test) => `${test.fullTitle()} (${test.skipReason})`),
    failures: [
      ...emptyFiles.map((file) => `${relative(root, file)} has no tests`),
      ...titles(failed),
      ...titles(silent).map((title) => `${title} (skipped without a reason)`),
    ],
  };
}
