import {
  checkLimits,
  checkReplicas,
  checkServices,
  checkSharedServices,
  checkTiming,
  type Report,
} from './check-relations.js';
import { describeIssues } from './describe-issues.js';
import { describeUnknownVariables } from './describe-unknown-variables.js';
import { type Audience, type AudienceReplica, expandDocument, type UnknownVariable } from './expand-document.js';
import { lookUp } from './look-up.js';
import type { Problem } from './problem.js';
import { type ConfigurationDocument, documentSchema } from './schema.js';
import type { Variables } from './variables.js';
import type { YamlSource } from './yaml-source.js';

/** A checked file: once as a client interceptor sees it, and once for each replica, its variables filled in. */
export interface CheckedDocument {
  readonly client: ConfigurationDocument;
  readonly replicas: ReadonlyMap<string, ConfigurationDocument>;
}

/**
 * Checks everything that can be checked without loading an adapter.
 *
 * @returns all problems, and the document when there is none
 */
export function checkDocument(source: YamlSource): {
  problems: readonly Problem[];
  checked: CheckedDocument | undefined;
} {
  if (source.problems.length > 0) return { problems: source.problems, checked: undefined };
  const problems = new ProblemList();
  const { value } = source;
  const unknown: UnknownVariable[] = [];

  /** Parses the document for one audience. What was found for another audience already is not said twice. */
  function parse(audience: Audience): ConfigurationDocument | undefined {
    const expanded = expandDocument(value, audience);
    unknown.push(...expanded.unknown);
    const result = documentSchema.safeParse(expanded.value);
    problems.add(describeIssues(result.error?.issues ?? [], expanded.value, source));
    return result.data;
  }

  const client = parse({ replica: undefined, client: variablesOfGroup(value) });
  const audiences = namesUnder(value, 'replicas').map((name) => audienceOf(value, name));
  const documents = audiences.map((audience) => [audience.replica.name, parse(audience)] as const);
  const replicas = new Map(
    documents.filter((entry): entry is [string, ConfigurationDocument] => entry[1] !== undefined),
  );
  const serving = audiences.filter(({ replica }) => !replica.witness).length;
  problems.add(describeUnknownVariables(unknown, serving, source));
  checkRelations(value, client, replicas, problems.reporter(source));
  const checked = problems.all.length === 0 && client !== undefined ? { client, replicas } : undefined;
  return { problems: problems.all, checked };
}

/** Relations are checked between whatever parts are in order, so that one mistake does not hide another. */
function checkRelations(
  value: unknown,
  client: ConfigurationDocument | undefined,
  replicas: ReadonlyMap<string, ConfigurationDocument>,
  report: Report,
): void {
  const { shape } = documentSchema;
  const members = shape.replicas.safeParse(lookUp(value, ['replicas']));
  if (members.success) checkReplicas(members.data, lookUp(value, ['security']), report);
  const timing = shape.timing.safeParse(lookUp(value, ['timing']));
  if (timing.success) checkTiming(timing.data, report);
  const limits = shape.limits.safeParse(lookUp(value, ['limits']));
  if (limits.success) checkLimits(limits.data, report);
  if (client !== undefined) checkServices(client, report);
  checkSharedServices(replicas, report);
}

/** The variables of a replica, as far as they can be read from a file that may have other mistakes. */
function audienceOf(value: unknown, name: string): Audience & { replica: AudienceReplica } {
  const group = variablesOfGroup(value);
  const variables = new Map(group).set('name', name);
  for (const variable of namesUnder(value, 'replicas', name, 'vars')) {
    const given = lookUp(value, ['replicas', name, 'vars', variable]);
    if (['string', 'number', 'boolean'].includes(typeof given)) variables.set(variable, String(given));
  }
  const witness = lookUp(value, ['replicas', name, 'witness']) === true;
  return { replica: { name, variables, witness }, client: group };
}

function variablesOfGroup(value: unknown): Variables {
  const group = lookUp(value, ['group']);
  return new Map(typeof group === 'string' ? [['group', group]] : []);
}

function namesUnder(value: unknown, ...path: string[]): string[] {
  const parent = lookUp(value, path);
  return typeof parent === 'object' && parent !== null ? Object.keys(parent) : [];
}

/** Problems without repetition. */
class ProblemList {
  readonly #problems = new Map<string, Problem>();

  get all(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  add(problems: readonly Problem[]): void {
    for (const problem of problems) this.#problems.set(JSON.stringify(problem), problem);
  }

  reporter(source: YamlSource): Report {
    return (path, what, remedy) => this.add([{ ...source.placeOfValue(path), what, remedy }]);
  }
}
