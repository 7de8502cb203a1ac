import { execFile } from 'node:child_process';
import { root, tool } from './paths.mjs';

/** What `npm run verify` looks at besides the tests: a name, and a script for Node with its arguments. */
export const checks = [
  { name: 'lint', command: [tool('eslint'), '.', '--max-warnings=0'] },
  { name: 'format', command: [tool('prettier'), '--check', '--log-level=warn', '.'] },
  { name: 'layering', command: ['scripts/layering.mjs'] },
];

/**
 * Runs one check, and prints what it says if it fails.
 *
 * @returns {Promise<string | undefined>} its name if it failed
 */
export function runCheck({ name, command }) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root, maxBuffer: Infinity }, (error, stdout, stderr) => {
      if (error) process.stdout.write(stdout + stderr);
      const seconds = (performance.now() - startedAt) / 1000;
      console.log(`${error ? '✘' : '✔'} ${name} in ${seconds.toFixed(1)} s`);
      resolve(error ? name : undefined);
    });
  });
}
