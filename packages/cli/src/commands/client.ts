import { loadConfiguration } from '@lockstep/core';
import { createLogger } from '../log/create-logger.js';
import type { LogOptions } from '../log/log-options.js';
import { adviseOnOpenFiles } from '../open-files.js';
import { runUntilStopped } from '../run-until-stopped.js';
import type { Surroundings } from '../surroundings.js';
import { listeningMessage } from '../up/child-message.js';

export interface ClientCommandOptions extends LogOptions {
  readonly config: string;
}

/** `lockstep client`: one client interceptor, until it is asked to stop or cannot go on. */
export async function runClient(options: ClientCommandOptions, surroundings: Surroundings): Promise<void> {
  const configuration = await loadConfiguration(options.config);
  const logger = createLogger(options, { role: 'client' }, surroundings.stdout);
  const advice = adviseOnOpenFiles(surroundings.openFilesMax, configuration.limits.maxConnections);
  if (advice !== undefined) logger.warn({ event: 'few-open-files' }, advice);
  const start = async () => {
    const composition = await surroundings.root.composeClient(configuration, { logger });
    for (const [endpoint, address] of composition.addresses) {
      logger.info({ endpoint, address }, 'clients may connect');
    }
    surroundings.tellParent?.(listeningMessage(composition.addresses));
    return composition;
  };
  await runUntilStopped(start, surroundings, logger);
}
