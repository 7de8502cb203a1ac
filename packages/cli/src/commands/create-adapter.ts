import { mkdir, readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { LockstepError } from '@lockstep/contracts';
import { templatesOf, type AdapterKind } from '../create-adapter/adapter-kind.js';
import { folderFor } from '../create-adapter/package-name.js';
import { writeTemplates } from '../create-adapter/write-templates.js';
import type { Surroundings } from '../surroundings.js';

export interface CreateAdapterCommandOptions {
  readonly dialect?: true;
  readonly channel?: true;
  readonly faces?: true;
  /** The folder that the package's own folder is made in. */
  readonly in: string;
}

/**
 * `lockstep create-adapter`: makes a package with a small working adapter.
 *
 * @param version of this package; the adapter is made for it
 * @throws LockstepError what is wrong with the name, the options, or the place
 */
export async function runCreateAdapter(
  name: string,
  options: CreateAdapterCommandOptions,
  version: string,
  { stdout }: Surroundings,
): Promise<void> {
  const kind = kindOf(options);
  const folder = resolve(options.in, folderFor(name));
  await makeEmpty(folder);
  const paths = await writeTemplates(templatesOf[kind], folder, { name, version });
  const shown = relative(process.cwd(), folder) || '.';
  stdout.write(paths.map((path) => `${join(shown, path)}\n`).join(''));
  stdout.write(`
Next:
  $ cd ${shown}
  $ npm install
  $ npm test              compiles, and runs the compliance suite
  $ npm run try           three replicas of a small service behind it
README.md says what to write where.
`);
}

function kindOf({ dialect, channel, faces }: CreateAdapterCommandOptions): AdapterKind {
  const kinds = ([dialect && 'dialect', channel && 'channel', faces && 'faces'] as const).filter(
    (kind) => kind !== undefined,
  );
  const [kind = 'dialect', another] = kinds;
  if (another === undefined) return kind;
  throw new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    `An adapter is of one kind, and here are two: write --${kind} or --${another}.`,
  );
}

/** Makes the folder, or accepts it as it is if nothing is in it. */
async function makeEmpty(folder: string): Promise<void> {
  let names: string[];
  try {
    await mkdir(folder, { recursive: true });
    names = await readdir(folder);
  } catch (cause) {
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `The folder ${folder} cannot be made (${(cause as Error).message}): name another place with --in.`,
      { cause },
    );
  }
  if (names.length === 0) return;
  throw new LockstepError(
    'ERR_LOCKSTEP_CONFIGURATION',
    `${folder} is there already, and not empty: choose another name, or remove it first.`,
  );
}
