import { LockstepError } from '@lockstep/contracts';
import { loadConfiguration } from '@lockstep/core';
import { renderStatus } from '../status-table.js';
import type { Surroundings } from '../surroundings.js';

export interface StatusCommandOptions {
  readonly config: string;
  readonly json: boolean;
  readonly timeoutMs: number;
}

/**
 * `lockstep status`: asks every member, and shows the answers.
 *
 * @throws LockstepError `ERR_LOCKSTEP_UNREACHABLE` when none answers, after the answers were shown
 */
export async function runStatus(options: StatusCommandOptions, surroundings: Surroundings): Promise<void> {
  const configuration = await loadConfiguration(options.config);
  const status = await surroundings.root.queryStatus(configuration, options.timeoutMs);
  surroundings.stdout.write(options.json ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status));
  if (status.members.some(({ reachable }) => reachable)) return;
  const links = configuration.replicas.map(({ name, link }) => `${name} at ${link}`).join(', ');
  throw new LockstepError(
    'ERR_LOCKSTEP_UNREACHABLE',
    `No member of ${configuration.group} answers (${links}). Start one with \`lockstep service --replica NAME\`, or ` +
      'all of them with `lockstep up`.',
    { retryable: true },
  );
}
