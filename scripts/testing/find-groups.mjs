import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';

/**
 * A group of tests runs in one process of its own.
 *
 * @typedef {object} Group
 * @property {string} name the folder, relative to the root
 * @property {string[]} files the compiled specs, absolute. They are derived from the sources: what was compiled from a
 *   source that is gone is not run, and a source that was not compiled is missed.
 * @property {'quick' | 'heavy' | 'alone'} kind quick ones are part of `npm run verify`; alone are those that start
 *   processes and measure times, and must not compete for the processor
 */

// In the order in which they run; a folder that is not listed runs alone, at the end.
const spanningFolders = ['tidy', 'simulation', 'interaction', 'integration', 'faults', 'install'];
const kinds = { tidy: 'quick', simulation: 'heavy' };

/** @returns {Group[]} every group that has at least one spec */
export function findGroups() {
  return [...unitGroups(), ...spanningGroups()].filter((group) => group.files.length > 0);
}

function unitGroups() {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return workspaces
    .filter((pattern) => pattern.endsWith('/*'))
    .flatMap((pattern) => foldersIn(pattern.slice(0, -2)))
    .map((name) => ({
      name,
      kind: 'quick',
      // The examples that are plain JavaScript have no `src`.
      files: specsIn(join(root, name), existsSync(join(root, name, 'src')) ? 'src' : ''),
    }));
}

function spanningGroups() {
  const rank = (name) => (spanningFolders.includes(name) ? spanningFolders.indexOf(name) : spanningFolders.length);
  return foldersIn('test')
    .map((path) => path.slice('test/'.length))
    .filter((name) => name !== 'dist' && name !== 'node_modules')
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => ({ name: `test/${name}`, kind: kinds[name] ?? 'alone', files: specsIn(join(root, 'test'), name) }));
}

function foldersIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`);
}

/** The specs of a package: TypeScript ones as the paths of what they are compiled to, the examples' plain ones as is. */
function specsIn(packageFolder, sourceFolder) {
  const folder = join(packageFolder, sourceFolder);
  if (!existsSync(folder)) return [];
  const outputFolder = join(packageFolder, 'dist', sourceFolder.replace(/^src$/, ''));
  return readdirSync(folder, { recursive: true })
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .sort()
    .flatMap((path) => {
      if (path.endsWith('.spec.mjs')) return [join(folder, path)];
      return path.endsWith('.spec.ts') ? [join(outputFolder, path.replace(/\.ts$/, '.js'))] : [];
    });
}
