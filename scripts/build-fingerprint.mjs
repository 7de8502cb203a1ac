import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';

// The compiler needs a second to find out that nothing changed. This fingerprint of what goes into a build, and of
// which outputs exist, takes a few milliseconds, so that a second `npm start` starts at once.

const fingerprintFile = join(root, 'node_modules/.cache/lockstep/build-fingerprint');
const sourceFolders = ['packages', 'adapters', 'examples', 'test', 'scripts'];
const rootFiles = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json'];
const notSources = new Set(['node_modules', 'coverage']);

/** Whether the outputs of the last build are there and nothing changed since. */
export function isBuilt() {
  return existsSync(fingerprintFile) && readFileSync(fingerprintFile, 'utf8') === fingerprint();
}

/** Remembers that what is there now is built. */
export function markBuilt() {
  mkdirSync(dirname(fingerprintFile), { recursive: true });
  writeFileSync(fingerprintFile, fingerprint());
}

/** Forgets it, before a build that may fail halfway. */
export function markStale() {
  rmSync(fingerprintFile, { force: true });
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of rootFiles) addFile(hash, join(root, file));
  for (const folder of sourceFolders) addFolder(hash, join(root, folder));
  return hash.digest('hex');
}

function addFolder(hash, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (notSources.has(entry.name)) continue;
    // Outputs count by their presence alone: the compiler writes its build information last.
    if (entry.name === 'dist') hash.update(`${path} ${readdirSync(path).length > 0}\n`);
    else if (entry.isDirectory()) addFolder(hash, path);
    else addFile(hash, path);
  }
}

function addFile(hash, path) {
  const { mtimeMs, size } = statSync(path);
  hash.update(`${path} ${mtimeMs} ${size}\n`);
}
