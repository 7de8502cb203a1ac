import { LockstepError } from '@lockstep/contracts';

const remedies: Readonly<Record<string, string>> = {
  E2BIG: 'Give it fewer or shorter arguments, and the rest on standard input.',
  EACCES: 'Make it executable.',
  EAGAIN: 'Raise the limit of processes (`ulimit -u`).',
  EMFILE: 'Raise the limit of open files (`ulimit -n`), or lower limits.maxConnections.',
  ENFILE: 'Raise the limit of open files of the system.',
  ENOENT: 'Install it on the hosts of all replicas, or correct its name.',
};

/** Why a program cannot be run, and what to do about it. */
export function startError(program: string, cause: unknown): LockstepError {
  const code = codeOf(cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LockstepError(
    'ERR_LOCKSTEP_SERVICE_UNREACHABLE',
    `The program ${program} cannot be run (${reason}): ${remedies[code ?? ''] ?? 'see that it runs in a shell.'}`,
    { cause, retryable: true },
  );
}

/** What the system says, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
