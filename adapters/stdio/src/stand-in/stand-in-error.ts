import { LockstepError } from '@lockstep/contracts';

/** The group broke the connection of a program that was still at work. */
export function lostError(): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_NO_PRIMARY_VIEW',
    'The program was given up, because no quorum of the group was reachable for too long or the group broke the ' +
      'connection: see what `lockstep status` says, and run the command again.',
    { retryable: true },
  );
}

/** What a program has put out cannot be passed on. */
export function outputError(cause: Error): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_OUTPUT',
    `The output of the program cannot be written (${cause.message}): make room, or send it somewhere else.`,
    { cause },
  );
}

/** Whether nobody reads our output any more, as in `… | head -1`. */
export function isBrokenPipe(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}
