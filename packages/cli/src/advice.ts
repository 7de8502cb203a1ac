import type { Configuration } from '@lockstep/core';

/** What is allowed, but perhaps not meant: sentences for a person. */
export function adviseOn(configuration: Configuration): string[] {
  const { replicas } = configuration;
  const [first, second] = replicas;
  const advice: string[] = [];
  if (replicas.length === 1) {
    advice.push('one replica alone: nothing goes on when it dies. Three survive the loss of any one.');
  }
  if (first !== undefined && second !== undefined && replicas.length === 2) {
    const fenced = configuration.forReplica(first.name).fenceCommand !== undefined;
    if (!fenced) {
      advice.push(
        'two members have no majority when one dies: only the sequencer can go on alone. Add a witness ' +
          '(`witness: true`) or a fence to survive the loss of either.',
      );
    }
  } else if (replicas.length % 2 === 0) {
    const survived = replicas.length / 2 - 1;
    advice.push(
      `${replicas.length} members survive the loss of any ${survived} at once, as ${replicas.length - 1} do. An odd number is usual.`,
    );
  }
  return advice;
}
