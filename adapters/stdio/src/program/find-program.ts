import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { ProgramCommand } from '@lockstep/contracts';
import { startError } from './start-error.js';

/**
 * Looks for a program where it would be run from: on the `PATH`, or, if its name has a slash, in the folder of the command.
 *
 * @throws LockstepError `ERR_LOCKSTEP_SERVICE_UNREACHABLE` if there is none that may be executed
 */
export async function findProgram(program: string, { directory, environment }: ProgramCommand): Promise<void> {
  const folders = program.includes('/') ? [directory] : (environment['PATH'] ?? '').split(delimiter);
  let cause: unknown = new Error('it is not on the PATH');
  for (const folder of folders) {
    const path = program.includes('/') ? resolve(folder, program) : join(folder, program);
    try {
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || program.includes('/')) cause = error;
    }
  }
  throw startError(program, cause);
}
