import type { z } from 'zod';
import { lookUp } from './look-up.js';
import { nearest } from './nearest.js';
import { type KeyPath, type Problem, showPath } from './problem.js';
import { homesOf, knownKeys } from './schema-keys.js';
import type { YamlSource } from './yaml-source.js';

type Issue = z.core.$ZodIssue;

/** Says what is wrong, where, and what to do, for what the schema found in a value. */
export function describeIssues(issues: readonly Issue[], value: unknown, source: YamlSource): readonly Problem[] {
  const misspelt = new Set(issues.flatMap((issue) => meantKeys(issue)).map(showPath));
  return issues
    .filter(({ path }) => lookUp(value, path as KeyPath) !== undefined || !misspelt.has(showPath(path as KeyPath)))
    .flatMap((issue) => describeIssue(issue, value, source));
}

/** The keys that unknown keys most likely stand for: they are not missing, they are misspelt. */
function meantKeys(issue: Issue): KeyPath[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const parent = issue.path as KeyPath;
  const meant = issue.keys.map((key) => nearest(key, knownKeys(parent)));
  return meant.filter((key) => key !== undefined).map((key) => [...parent, key]);
}

function describeIssue(issue: Issue, value: unknown, source: YamlSource): readonly Problem[] {
  const path = issue.path as KeyPath;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => describeUnknownKey([...path, key], source));
  if (issue.code === 'invalid_key') {
    const rule = issue.issues[0]?.message ?? issue.message;
    return [{ ...source.placeOfKey(path), what: `"${path.at(-1)}" cannot be a name here`, remedy: rule }];
  }
  const found = lookUp(value, path);
  if (found === undefined) {
    const what = path.length === 0 ? 'the file is empty' : `${showPath(path)} is missing`;
    return [{ ...source.placeOfKey(path), what, remedy: issue.message }];
  }
  const subject = path.length === 0 ? 'the file' : showPath(path);
  return [
    { ...source.placeOfValue(path), what: `${subject} is ${show(found)}`, remedy: remedyFor(issue, found, path) },
  ];
}

const tlsProblem = {
  what: 'links over TLS are not there yet',
  remedy: 'Keep links on a network that you trust, and say so with `security: none`.',
};

function remedyFor(issue: Issue, found: unknown, path: KeyPath): string {
  if (path[0] === 'security' && /tls/i.test(JSON.stringify(found))) {
    return `${tlsProblem.what.replace(/^l/, 'L')}. ${tlsProblem.remedy}`;
  }
  if (issue.code !== 'invalid_value' || typeof found !== 'string') return issue.message;
  const meant = nearest(found, issue.values.map(String));
  return meant === undefined ? issue.message : `Did you mean ${meant}? ${issue.message}`;
}

function describeUnknownKey(path: KeyPath, source: YamlSource): Problem {
  const place = source.placeOfKey(path);
  const key = String(path.at(-1));
  if (key === 'tls') return { ...place, ...tlsProblem };
  const what = `"${key}" is not a key ${path.length === 1 ? 'of the file' : `of ${showPath(path.slice(0, -1))}`}`;
  const known = knownKeys(path.slice(0, -1));
  const meant = nearest(key, known);
  if (meant !== undefined) return { ...place, what, remedy: `Did you mean "${meant}"?` };
  const home = homesOf(key).find((candidate) => candidate.length > 0);
  if (home !== undefined) return { ...place, what, remedy: `It belongs under ${home}.` };
  return { ...place, what, remedy: `Known keys here are ${known.join(', ')}.` };
}

function show(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  return JSON.stringify(value);
}
