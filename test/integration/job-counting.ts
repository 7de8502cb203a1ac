import { CountingLoad } from '../support/counting-load.js';
import type { LiveGroup } from '../support/live-group/live-group.js';
import { askOnce } from '../support/line-connection.js';

/**
 * Four clients of the job queue that submit jobs, one at a time each; the ids of the jobs count up.
 *
 * @param before how many jobs there are already
 */
export function submitJobs(group: LiveGroup, before = 0): Promise<CountingLoad> {
  const parse = (line: string): number => Number(line.replace(/^OK /, '')) - before;
  return CountingLoad.start({ port: group.clientPort, connections: 4, depthMax: 1, request: 'SUBMIT job\n', parse });
}

/** Waits until the job queues of all replicas have the same history, and as many changes in it as expected. */
export async function untilJobsAgree(group: LiveGroup, changes: number): Promise<void> {
  const [first = 0] = group.configuration.servicePorts.values();
  const digestOf = (port: number): Promise<string> => askOnce(port, 'DIGEST');
  await group.untilServicesSay(`OK 0 ${changes}`, async (port) =>
    (await digestOf(port)).replace(/ [0-9a-f]{64} /, ' 0 '),
  );
  await group.untilServicesSay(await digestOf(first), digestOf);
}
