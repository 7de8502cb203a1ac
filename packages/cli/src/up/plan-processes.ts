import type { Configuration } from '@lockstep/core';
import type { LogOptions } from '../log/log-options.js';
import type { ProcessPlan } from './group-processes.js';

/**
 * The processes that make a whole group on one machine: one for each replica and witness, then a client interceptor, if
 * there is an endpoint that clients connect to.
 */
export function planProcesses(
  configuration: Configuration,
  { logLevel }: Pick<LogOptions, 'logLevel'>,
  mainPath: string,
): ProcessPlan[] {
  const options = ['-c', configuration.path, '--log-level', logLevel, '--log-json'];
  const replicas = configuration.replicas.map(({ name, witness }): ProcessPlan => {
    const title = `${witness ? 'witness' : 'replica'} ${name}`;
    return { name, title, arguments: [mainPath, 'service', '--replica', name, ...options] };
  });
  if (configuration.clientEndpoints.every(({ listen }) => listen === undefined)) return replicas;
  const client: ProcessPlan = {
    name: 'client',
    title: 'the client interceptor',
    arguments: [mainPath, 'client', ...options],
  };
  return [...replicas, client];
}
