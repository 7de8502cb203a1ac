import type { Source } from './source.js';

const emptyWords = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'managers', 'misc']);
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.(spec|fixture|d|config))?\.[a-z]+$/;

/** File and folder names that say nothing about what is in them, or that are not in kebab-case. */
export function findBadNames(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path }) => {
    const emptyWord = path.split(/[/.-]/).find((word) => emptyWords.has(word));
    const name = path.slice(path.lastIndexOf('/') + 1);
    return [
      ...(emptyWord ? [`${path}: "${emptyWord}" could be anything; name it after what it is`] : []),
      ...(kebabCase.test(name) ? [] : [`${path} is not in kebab-case`]),
    ];
  });
}
