import { LockstepError } from '@lockstep/contracts';

/** What the kernel says when it is this side that cannot go on. */
const localFaults = new Set([
  'EACCES',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENFILE',
  'ENOBUFS',
  'ENOENT',
  'ENOMEM',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Who broke a connection, as far as the error tells. */
export function faultOf(error: Error): 'peer' | 'local' {
  return localFaults.has(codeOf(error) ?? '') ? 'local' : 'peer';
}

/** Why the service cannot be connected to, and what to do about it. */
export function connectError(cause: Error, address: string): LockstepError {
  const isShortOfFiles = ['EMFILE', 'ENFILE'].includes(codeOf(cause) ?? '');
  const remedy = isShortOfFiles
    ? 'raise the limit of open files (`ulimit -n`), or lower limits.maxConnections.'
    : 'see that it runs and listens there.';
  return new LockstepError(
    'ERR_LOCKSTEP_SERVICE_UNREACHABLE',
    `The service cannot be connected to at ${address} (${describe(cause)}): ${remedy}`,
    { cause, retryable: true },
  );
}

/** A name that resolves to several addresses fails with one error for each and an empty message of its own. */
function describe(error: Error): string {
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join('; ');
}

function codeOf(error: Error): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
