import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { reportLine } from './report.mjs';

const groupProcess = fileURLToPath(new URL('group-process.mjs', import.meta.url));
const runMsMax = 30 * 60_000;
const endMsMax = 10_000;

/**
 * Runs one group in a process of its own and prints what it says: while it runs if `live`, in one piece at the end
 * otherwise. A process that crashes, hangs, or does not end by itself after its last test is a failure.
 *
 * @param {import('./find-groups.mjs').Group} group
 * @returns {Promise<import('./report.mjs').Report>}
 */
export async function runGroup({ name, files }, { live }) {
  const startedAt = performance.now();
  const child = fork(groupProcess, files, {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (live ? process.stdout.write(chunk) : output.push(chunk)));
  }
  const { result, problem } = await outcome(child);
  const report = { name, passed: 0, skips: [], failures: [], ...result };
  if (problem) report.failures.push(problem);
  if (report.passed + report.skips.length + report.failures.length === 0) report.failures.push('has no tests');
  report.seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(Buffer.concat(output));
  console.log(reportLine(report));
  return report;
}

/** What the process reported, and what is wrong with the way it ended, if anything. */
function outcome(child) {
  return new Promise((resolve) => {
    let result;
    let problem;
    const stop = (sentence) => {
      problem = sentence;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(() => stop(`did not finish within ${runMsMax / 60_000} minutes`), runMsMax);
    child.once('message', ({ resources, ...counts }) => {
      result = counts;
      clearTimeout(timer);
      const held = `did not end within ${endMsMax / 1000} s after its last test; still open: ${resources.join(', ')}`;
      timer = setTimeout(() => stop(held), endMsMax);
    });
    child.once('exit', () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        problem ??= 'left a process behind that still holds its output';
        child.stdout.destroy();
        child.stderr.destroy();
      }, endMsMax);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (!problem && !result) problem = `ended before its tests did, with ${signal ?? `exit code ${code}`}`;
      resolve({ result, problem });
    });
  });
}
