import type { Logger } from '@lockstep/contracts';
import type { Composition } from '@lockstep/core';
import { StopRequest } from './stop-request.js';
import type { Surroundings } from './surroundings.js';

/**
 * Runs an interceptor until it ends by itself or the process is asked to end. Asked while it still starts, the process
 * lets it start and then stops it, so that nothing half-made is left behind.
 *
 * @param start starts the interceptor
 * @throws what went wrong while it started, ran or stopped
 */
export async function runUntilStopped(
  start: () => Promise<Composition>,
  surroundings: Surroundings,
  logger: Logger,
): Promise<void> {
  const request = new StopRequest(surroundings, logger);
  try {
    const composition = await start();
    const reason = await Promise.race([composition.done.then(() => undefined), request.asked]);
    if (reason === undefined) return;
    logger.info({ reason }, 'stopping');
    await composition.stop();
    logger.info({}, 'stopped');
  } finally {
    request.forget();
  }
}
