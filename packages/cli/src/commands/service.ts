import { loadConfiguration } from '@lockstep/core';
import { createLogger } from '../log/create-logger.js';
import type { LogOptions } from '../log/log-options.js';
import { adviseOnOpenFiles } from '../open-files.js';
import { runUntilStopped } from '../run-until-stopped.js';
import type { Surroundings } from '../surroundings.js';

export interface ServiceCommandOptions extends LogOptions {
  readonly config: string;
  readonly replica: string;
  readonly bootstrap: boolean;
}

/** `lockstep service`: one service interceptor, until it is asked to stop or cannot go on. */
export async function runService(options: ServiceCommandOptions, surroundings: Surroundings): Promise<void> {
  const { replica, bootstrap } = options;
  const configuration = await loadConfiguration(options.config);
  configuration.forReplica(replica);
  const logger = createLogger(options, { role: 'service', replica }, surroundings.stdout);
  const advice = adviseOnOpenFiles(surroundings.openFilesMax, configuration.limits.maxConnections);
  if (advice !== undefined) logger.warn({ event: 'few-open-files' }, advice);
  const start = (signal: AbortSignal) =>
    surroundings.root.composeService(configuration, { replica, bootstrap, logger, signal });
  await runUntilStopped(start, surroundings, logger);
}
