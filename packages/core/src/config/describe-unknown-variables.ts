import type { UnknownVariable } from './expand-document.js';
import { nearest } from './nearest.js';
import { type Problem, showPath } from './problem.js';
import type { YamlSource } from './yaml-source.js';

/**
 * Says what is wrong with references to unknown variables, once for each reference, whoever lacks the variable.
 *
 * @param unknown what was found for all replicas and for the client interceptor
 * @param serving the number of replicas that run the service
 */
export function describeUnknownVariables(
  unknown: readonly UnknownVariable[],
  serving: number,
  source: YamlSource,
): readonly Problem[] {
  const references = new Map<string, UnknownVariable[]>();
  for (const one of unknown) references.set(referenceKey(one), [...(references.get(referenceKey(one)) ?? []), one]);
  return [...references.values()].map((lacking) => describe(lacking, serving, source));
}

function describe(lacking: readonly UnknownVariable[], serving: number, source: YamlSource): Problem {
  const [first] = lacking;
  if (first === undefined) throw new Error('a reference that nobody made');
  const { path, written, replica } = first;
  const place = source.placeInValue(path, written);
  const subject = `${showPath(path)} refers to ${written}`;
  const name = /^\$\{(.*)\}$/.exec(written)?.[1];
  if (name === undefined) {
    const what = `${showPath(path)} has a \${ that is never closed`;
    return { ...place, what, remedy: 'Close it with }, or write $${ for the text itself.' };
  }
  if (replica === undefined) {
    const remedy = 'A client interceptor is no replica: only ${group} is filled in here.';
    return { ...place, what: `${subject}, which is not known here`, remedy };
  }
  const names = [...new Set(lacking.map((one) => one.replica?.name))];
  const what =
    names.length >= serving && serving > 1
      ? `${subject}, which no replica has`
      : `${subject}, which ${names.length === 1 ? 'replica' : 'replicas'} ${names.join(', ')} ${names.length === 1 ? 'does' : 'do'} not have`;
  const meant = nearest(name, [...replica.variables.keys()]);
  if (meant !== undefined) return { ...place, what, remedy: `Did you mean \${${meant}}?` };
  const where = names.length === 1 ? `replicas.${names[0]}.vars` : 'the vars of each replica';
  return { ...place, what, remedy: `Add it to ${where}, or write $${written} for the text itself.` };
}

/** Tells one reference from another, whoever lacks the variable. */
function referenceKey({ path, written }: UnknownVariable): string {
  return `${showPath(path)} ${written}`;
}
