import type { Milliseconds } from '@lockstep/contracts';

/**
 * Runs `action` with a signal that is aborted after `timeoutMs`, or as soon as one of `signals` is. Composed by hand:
 * what `AbortSignal.any` makes of `AbortSignal.timeout` may be collected before it fires.
 */
export async function withTimeLimit<Result>(
  timeoutMs: Milliseconds,
  signals: readonly AbortSignal[],
  action: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const abort = (): void => limit.abort();
  const timer = setTimeout(abort, timeoutMs);
  for (const signal of signals) {
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  }
  try {
    return await action(limit.signal);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', abort);
  }
}
