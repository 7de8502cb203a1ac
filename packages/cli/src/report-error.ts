import { LockstepError } from '@lockstep/contracts';
import type { TextOutput } from './surroundings.js';

/** What the process ends with: 0 well, 1 failed, 2 the configuration or the command line is wrong. */
export type ExitCode = 0 | 1 | 2;

/**
 * Tells a person what went wrong. An operating error says itself what to do, so that its stack is of no use; anything
 * else is a mistake in Lockstep, and its stack leads there.
 */
export function reportError(error: unknown, output: TextOutput): ExitCode {
  if (error instanceof LockstepError) {
    output.write(`error: ${error.message}\n       (${error.code})\n`);
    return error.code === 'ERR_LOCKSTEP_CONFIGURATION' ? 2 : 1;
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.write(`error: this is a mistake in Lockstep itself; please report it with these lines:\n${details}\n`);
  return 1;
}
