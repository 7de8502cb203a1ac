import {
  ConfigurationError,
  type Configuration,
  configurationJsonSchema,
  loadConfiguration,
  loadEndpoint,
} from '@lockstep/core';
import { adviseOn } from '../advice.js';
import type { Surroundings } from '../surroundings.js';

export interface CheckCommandOptions {
  readonly config: string;
  readonly schema: boolean;
}

/**
 * `lockstep check`: says whether the configuration is in order, its adapters and their options included.
 *
 * @throws LockstepError what is wrong
 */
export async function runCheck(options: CheckCommandOptions, { stdout }: Surroundings): Promise<void> {
  if (options.schema) {
    stdout.write(`${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`);
    return;
  }
  const configuration = await loadConfiguration(options.config);
  await checkEndpoints(configuration);
  stdout.write(describe(configuration));
  for (const advice of adviseOn(configuration)) stdout.write(`note: ${advice}\n`);
}

/** Loads every adapter, for the client interceptor and for each replica, and gathers what they do not accept. */
async function checkEndpoints(configuration: Configuration): Promise<void> {
  const replicas = configuration.replicas.map(({ name }) => configuration.forReplica(name));
  const endpoints = [...configuration.clientEndpoints, ...replicas.flatMap((replica) => replica.endpoints)];
  const errors: ConfigurationError[] = [];
  for (const endpoint of endpoints) {
    try {
      await loadEndpoint(configuration, endpoint);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      errors.push(error);
    }
  }
  const problems = new Map(
    errors.flatMap((error) => error.problems).map((problem) => [JSON.stringify(problem), problem]),
  );
  if (problems.size > 0) throw new ConfigurationError(configuration.path, [...problems.values()]);
}

function describe({ path, group, replicas, clientEndpoints }: Configuration): string {
  const members = replicas.map(
    ({ name, link, witness }) => `  ${witness ? 'witness' : 'replica'} ${name}, link ${link}\n`,
  );
  const endpoints = clientEndpoints.map(
    ({ name, adapter, listen }) =>
      `  endpoint ${name}, ${adapter.name}, ${listen === undefined ? 'a program' : `for clients at ${listen}`}\n`,
  );
  return [`${path} is in order: group ${group}\n`, ...members, ...endpoints].join('');
}
