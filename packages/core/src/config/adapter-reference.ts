import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** An adapter that the configuration names, before it is loaded. */
export interface AdapterReference {
  /** As it is written in the configuration: `tcp`, `@example/adapter-x`, `./adapter.js`. */
  readonly name: string;
  /** What to import: a package name, or the URL of a file. */
  readonly specifier: string;
}

/** The adapters of Lockstep itself, which the configuration names without their prefix. */
export const shortAdapterNames: readonly string[] = ['exec', 'http', 'line', 'stdio', 'tcp', 'websocket'];

/** The short names that are not a package each. */
const specifiers: Readonly<Record<string, string>> = { exec: '@lockstep/adapter-stdio/exec' };

/**
 * Says what to import for an adapter.
 *
 * @param name a short name, a package name, or a path that starts with `.` or `/`
 * @param directory the absolute folder that relative paths start from
 */
export function referToAdapter(name: string, directory: string): AdapterReference {
  if (shortAdapterNames.includes(name)) return { name, specifier: specifiers[name] ?? `@lockstep/adapter-${name}` };
  if (/^[./]/.test(name)) return { name, specifier: pathToFileURL(resolve(directory, name)).href };
  return { name, specifier: name };
}
