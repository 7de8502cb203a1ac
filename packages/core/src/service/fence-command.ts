import { spawn } from 'node:child_process';
import { type IncarnationId, LockstepError, type Logger, memberNameOf } from '@lockstep/contracts';
import type { Configuration } from '../config/index.js';
import { parseCommandLine } from './command-line.js';

/** A fence that takes longer than this has failed; the survivor stays stopped meanwhile. */
const fenceTimeoutMs = 30_000;

/**
 * Runs the fence command for one member.
 *
 * @returns whether it exited with 0, in time
 * @throws LockstepError `ERR_LOCKSTEP_FENCE_FAILED` if it cannot be run at all
 */
export function runFenceCommand(configuration: Configuration, target: IncarnationId, logger: Logger): Promise<boolean> {
  const name = memberNameOf(target);
  const command = configuration.forReplica(name).fenceCommand;
  if (command === undefined) return Promise.resolve(false);
  const [program, ...parameters] = parseCommandLine(command);
  const child = spawn(program, parameters, {
    cwd: configuration.directory,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: fenceTimeoutMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      const remedy = `Check fence.run in ${configuration.path}: ${command}`;
      reject(new LockstepError('ERR_LOCKSTEP_FENCE_FAILED', `The fence command cannot be run. ${remedy}`, { cause }));
    });
    child.once('exit', (code, signal) => {
      logger.warn({ event: 'fence-ended', target, code, signal }, `The fence command for ${name} has ended`);
      resolve(code === 0);
    });
  });
}
