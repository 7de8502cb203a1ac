import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LockstepError } from '@lockstep/contracts';
import { buildConfiguration } from './build-configuration.js';
import { checkDocument } from './check-document.js';
import type { Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { YamlSource } from './yaml-source.js';

/**
 * Reads and checks a configuration file.
 *
 * @param path the file; messages name it as it is written here
 * @throws ConfigurationError (`ERR_LOCKSTEP_CONFIGURATION`) with everything that is wrong, each with its line and a
 *   remedy; a plain LockstepError of the same code when the file cannot be read
 */
export async function loadConfiguration(path: string): Promise<Configuration> {
  return parseConfiguration(await readText(path), path);
}

/**
 * Checks the text of a configuration file.
 *
 * @param text the content of the file
 * @param path the file that it stands in; relative paths in the text start from its folder
 * @throws ConfigurationError as `loadConfiguration` does
 */
export function parseConfiguration(text: string, path: string): Configuration {
  const source = new YamlSource(text);
  const { problems, checked } = checkDocument(source);
  if (checked === undefined) throw new ConfigurationError(path, problems);
  return buildConfiguration(checked, source, path);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? `there is no file ${resolve(path)}` : `${resolve(path)} cannot be read (${code})`;
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `${what}. Name the configuration file with -c, or write one: \`lockstep check --help\` shows the smallest.`,
      { cause: error },
    );
  }
}
