import { LockstepError } from '@lockstep/contracts';
import type { Problem } from './problem.js';

/** Everything that is wrong with one configuration file, in the order of its lines. */
export class ConfigurationError extends LockstepError {
  /** The file, as it was named by whoever loaded it. */
  readonly path: string;
  readonly problems: readonly Problem[];

  constructor(path: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((left, right) => left.line - right.line || left.column - right.column);
    const lines = sorted.map(({ line, column, what, remedy }) => `${path}:${line}:${column}: ${what}. ${remedy}`);
    const heading = sorted.length === 1 ? [] : [`${path} has ${sorted.length} problems:`];
    super('ERR_LOCKSTEP_CONFIGURATION', [...heading, ...lines].join('\n'));
    this.path = path;
    this.problems = sorted;
  }
}
