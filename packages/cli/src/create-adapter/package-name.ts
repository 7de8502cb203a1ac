import { LockstepError } from '@lockstep/contracts';
import { shortAdapterNames } from '@lockstep/core';

/** What npm accepts as the name of a new package. */
const namePattern = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
const nameLengthMax = 214;

/**
 * The folder for a package: its name without a scope.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` if no package can have this name, or no adapter of a user
 */
export function folderFor(packageName: string): string {
  if (!namePattern.test(packageName) || packageName.length > nameLengthMax) {
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `"${packageName}" cannot be the name of a package: write small letters, digits, "-", "." and "_", ` +
        'perhaps behind a scope, for example lockstep-adapter-frames or @example/adapter-frames.',
    );
  }
  if (shortAdapterNames.includes(packageName) || packageName.startsWith('@lockstep/')) {
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `"${packageName}" would be taken for an adapter of Lockstep itself: choose another name, ` +
        `for example lockstep-adapter-${packageName.replace(/^.*\//, '').replace(/^adapter-/, '')}.`,
    );
  }
  return packageName.slice(packageName.indexOf('/') + 1);
}
