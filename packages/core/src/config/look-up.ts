import type { KeyPath } from './problem.js';

/** The value at a path; undefined when there is none. */
export function lookUp(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (parent, step) =>
      typeof parent === 'object' && parent !== null && Object.hasOwn(parent, step)
        ? (parent as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}
