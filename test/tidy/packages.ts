import type { Source } from './source.js';
import type { WorkspacePackage } from './workspace-package.js';

/** Packages that a reader, or npm, finds incomplete. */
export function findIncompletePackages(packages: readonly WorkspacePackage[], version: string): string[] {
  return packages.flatMap(({ folder, manifest, hasReadme }) => [
    ...(hasReadme ? [] : [`${folder} has no README.md`]),
    ...(manifest.version === version ? [] : [`${folder} has version ${manifest.version}; all have ${version}`]),
    ...(manifest.license === 'MIT' ? [] : [`${folder} does not name its license, MIT`]),
  ]);
}

/**
 * Dependencies that a package uses and does not declare, or declares and does not use. What only specs use belongs into
 * `devDependencies`; mocha, chai and the compiler are the root's.
 */
export function findDependencyFaults(packages: readonly WorkspacePackage[], sources: readonly Source[]): string[] {
  return packages.flatMap((workspacePackage) => {
    const { folder, manifest } = workspacePackage;
    const own = sources.filter(({ path }) => path.startsWith(`${folder}/`));
    const usedByAny = foreignPackages(own, manifest.name);
    const usedByCode = foreignPackages(
      own.filter(({ isSpec }) => !isSpec),
      manifest.name,
    );
    const shipped = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
    const known = new Set([...shipped, ...Object.keys(manifest.devDependencies ?? {}), ...rootTools]);
    const isPublished = folder.startsWith('packages/') || folder.startsWith('adapters/');
    return [
      ...[...usedByAny]
        .filter((name) => !known.has(name))
        .map((name) => `${folder} uses ${name} and does not declare it`),
      ...[...usedByCode]
        .filter((name) => isPublished && known.has(name) && !shipped.has(name))
        .map((name) => `${folder} ships code that uses ${name}, which is not among its dependencies`),
      ...[...shipped]
        .filter((name) => !isMentioned(name, own))
        .map((name) => `${folder} declares ${name} and does not use it`),
    ];
  });
}

const rootTools = ['mocha', 'chai', 'fast-check', 'typescript'];

/** Whether the code imports the package, or names it in a string as pino does with its transports. */
function isMentioned(name: string, sources: readonly Source[]): boolean {
  return sources.some(({ isSpec, text }) => !isSpec && (text.includes(`'${name}'`) || text.includes(`'${name}/`)));
}

function foreignPackages(sources: readonly Source[], ownName: string): Set<string> {
  const names = sources
    .flatMap(({ imports }) => imports)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return new Set(names.filter((name) => name !== ownName));
}
