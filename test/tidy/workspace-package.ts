import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/repository.js';

/** What we read of a package.json. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** One of our npm packages. */
export interface WorkspacePackage {
  /** Relative to the root of the checkout, for example `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly hasReadme: boolean;
}

/** Every package of the workspace, found the way npm finds them. */
export function readWorkspacePackages(): WorkspacePackage[] {
  const { workspaces } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { workspaces: string[] };
  return workspaces
    .flatMap((pattern) => (pattern.endsWith('/*') ? foldersIn(pattern.slice(0, -2)) : [pattern]))
    .filter((folder) => existsSync(join(repository, folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as Manifest,
      hasReadme: existsSync(join(repository, folder, 'README.md')),
    }));
}

function foldersIn(folder: string): string[] {
  return readdirSync(join(repository, folder)).map((name) => `${folder}/${name}`);
}
