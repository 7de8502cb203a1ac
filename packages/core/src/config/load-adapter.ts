import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Adapter, type Gate, LockstepError } from '@lockstep/contracts';
import type { AdapterReference } from './adapter-reference.js';
import { lookUp } from './look-up.js';

/**
 * Loads an adapter. A package is looked for where the configuration is, then where Lockstep is, so that it may be
 * installed beside either.
 *
 * @param directory the absolute folder of the configuration file
 * @throws LockstepError `ERR_LOCKSTEP_ADAPTER_NOT_FOUND` or `ERR_LOCKSTEP_ADAPTER_INVALID`
 */
export async function loadAdapter(reference: AdapterReference, directory: string): Promise<Adapter<unknown>> {
  const url = locate(reference.specifier, directory);
  let loaded: unknown;
  try {
    loaded = await import(url);
  } catch (error) {
    throw notLoaded(reference, error);
  }
  const candidate = lookUp(loaded, ['adapter']) ?? lookUp(loaded, ['default']);
  if (isAdapter(candidate)) return candidate;
  throw new LockstepError(
    'ERR_LOCKSTEP_ADAPTER_INVALID',
    `${reference.specifier} exports no adapter. It has to export one as \`adapter\`, or by default, with kind, ` +
      'defaultGate, parseOptions and module, as the interface Adapter of @lockstep/contracts says.',
  );
}

/** The URL that a package name means beside the configuration; the name itself if it means nothing there. */
function locate(specifier: string, directory: string): string {
  if (specifier.startsWith('file:')) return specifier;
  try {
    return pathToFileURL(createRequire(join(directory, 'lockstep.yaml')).resolve(specifier)).href;
  } catch {
    return specifier;
  }
}

function notLoaded({ name, specifier }: AdapterReference, error: unknown): LockstepError {
  const file = specifier.startsWith('file:');
  const message = error instanceof Error ? error.message : String(error);
  const sought = `'${file ? fileURLToPath(specifier) : specifier}'`;
  const missing = lookUp(error, ['code']) === 'ERR_MODULE_NOT_FOUND' && message.includes(sought);
  const remedy = file
    ? `Check the path ${name}; it starts from the folder of the configuration.`
    : `Install it: npm install ${specifier}`;
  return new LockstepError(
    'ERR_LOCKSTEP_ADAPTER_NOT_FOUND',
    missing ? `The adapter ${name} cannot be found. ${remedy}` : `The adapter ${name} cannot be loaded: ${message}`,
    { cause: error },
  );
}

const gates: readonly Gate[] = ['reply', 'probe', 'consumed', 'none'];

function isAdapter(value: unknown): value is Adapter<unknown> {
  const { kind, defaultGate, parseOptions, module } = (value ?? {}) as Partial<Adapter<unknown>>;
  return (
    (kind === 'channel' || kind === 'dialect' || kind === 'faces') &&
    gates.some((gate) => gate === defaultGate) &&
    typeof parseOptions === 'function' &&
    typeof module === 'function'
  );
}
