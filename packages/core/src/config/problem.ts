/** The keys that lead to a place in the configuration. */
export type KeyPath = readonly (string | number)[];

/** A place in the file, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with the configuration. */
export interface Problem extends Place {
  /** What is wrong, as a clause without a full stop. */
  readonly what: string;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
}

/** Writes the keys as people read them: `endpoints.kv.client`. */
export function showPath(path: KeyPath): string {
  return path.join('.');
}
