import type { Logger } from '@lockstep/contracts';
import type { Composition } from '@lockstep/core';
import { StopRequest } from './stop-request.js';
import type { Surroundings } from './surroundings.js';

/**
 * Runs an interceptor until it ends by itself or the process is asked to end. Asked while it still starts, the process
 * lets it give up what it waits for, or start and then stops it, so that nothing half-made is left behind.
 *
 * @param start starts the interceptor; its signal says that this is not wanted any more
 * @throws what went wrong while it started, ran or stopped
 */
export async function runUntilStopped(
  start: (signal: AbortSignal) => Promise<Composition>,
  surroundings: Surroundings,
  logger: Logger,
): Promise<void> {
  const request = new StopRequest(surroundings, logger);
  try {
    const composition = await startUnlessAsked(start, request, logger);
    if (composition === undefined) return;
    const reason = await Promise.race([composition.done.then(() => undefined), request.asked]);
    if (reason === undefined) return;
    logger.info({ reason }, 'stopping');
    await composition.stop();
    logger.info({}, 'stopped');
  } finally {
    request.forget();
  }
}

/** @returns undefined if the start was given up because the process was asked to end */
async function startUnlessAsked(
  start: (signal: AbortSignal) => Promise<Composition>,
  request: StopRequest,
  logger: Logger,
): Promise<Composition | undefined> {
  const abort = new AbortController();
  void request.asked.then(() => abort.abort());
  try {
    return await start(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    logger.info({ reason: await request.asked }, 'stopped before it had started');
    return undefined;
  }
}
