import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const templatesFolder = fileURLToPath(new URL('../../templates/', import.meta.url));
const suffix = '.template';

/** npm leaves a file of this name out of a package, and takes it for its own. */
const storedNames: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/**
 * Writes the files of templates into a folder, with `{{name}}` and the like filled in.
 *
 * @param folders of `templates/`; their files are put together
 * @param values by name, without the braces
 * @returns the paths written, relative to `target`
 */
export async function writeTemplates(
  folders: readonly string[],
  target: string,
  values: Readonly<Record<string, string>>,
): Promise<string[]> {
  const written: string[] = [];
  for (const folder of folders) {
    const source = join(templatesFolder, folder);
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const stored = relative(source, join(entry.parentPath, entry.name)).slice(0, -suffix.length);
      const path = storedNames[stored] ?? stored;
      const template = await readFile(join(entry.parentPath, entry.name), 'utf8');
      const text = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
        const value = values[name];
        if (value === undefined) throw new Error(`the template ${entry.name} names {{${name}}}, which nobody fills in`);
        return value;
      });
      await mkdir(dirname(join(target, path)), { recursive: true });
      await writeFile(join(target, path), text, { flag: 'wx' });
      written.push(path);
    }
  }
  return written.sort();
}
