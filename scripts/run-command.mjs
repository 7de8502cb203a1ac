import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/**
 * Runs a program with our own terminal and resolves with its exit code; a program that a signal ended counts as
 * 128 + the signal's number, as in a shell.
 *
 * A terminal sends SIGINT to the whole foreground group, so the program has it already and we only outlive it; SIGTERM
 * comes to us alone and is passed on.
 */
export async function runCommand(program, args, { cwd = root } = {}) {
  const child = spawn(program, args, { cwd, stdio: 'inherit' });
  const outlive = () => {};
  const passOn = (signal) => child.kill(signal);
  process.on('SIGINT', outlive);
  process.on('SIGTERM', passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    process.off('SIGINT', outlive);
    process.off('SIGTERM', passOn);
  }
}

/** Runs a script or a tool written for Node, see {@link runCommand}. */
export const runNode = (script, args = []) => runCommand(process.execPath, ['--enable-source-maps', script, ...args]);
