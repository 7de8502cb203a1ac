import type { KeyPath } from './problem.js';
import { expandVariables, type Variables } from './variables.js';

/** Whom a document is filled in for. */
export interface Audience {
  /**
   * Whose variables hold in `service`, `endpoints` and `fence`. Undefined for the client interceptor, which leaves what
   * is not its own as it is written.
   */
  readonly replica: AudienceReplica | undefined;
  /** What may be referred to where a client interceptor listens. */
  readonly client: Variables;
}

/** The replica that a document is filled in for. */
export interface AudienceReplica {
  readonly name: string;
  readonly variables: Variables;
  /** A witness has no service, so that it needs no variables but those of `fence`. */
  readonly witness: boolean;
}

/** A reference to a variable that does not exist where it is written. */
export interface UnknownVariable {
  readonly path: KeyPath;
  /** The reference, as it is written: `${prot}`; `${` alone if it is never closed. */
  readonly written: string;
  /** The replica that lacks it; undefined where the client interceptor listens. */
  readonly replica: AudienceReplica | undefined;
}

/** A document with its variables filled in; references to what is not known are left as they are written. */
export interface ExpandedDocument {
  readonly value: unknown;
  readonly unknown: readonly UnknownVariable[];
}

/** Fills in the variables where the configuration has any: `service`, `endpoints` and `fence`. */
export function expandDocument(value: unknown, audience: Audience): ExpandedDocument {
  const unknown: UnknownVariable[] = [];

  function expandText(text: string, path: KeyPath): string {
    const owner = ownerOf(path);
    if (owner === undefined) return text;
    const replica = owner === 'client' ? undefined : audience.replica;
    const expansion = expandVariables(text, replica?.variables ?? audience.client);
    if (owner === 'client' || needsAll(replica, path)) {
      unknown.push(...expansion.unknown.map((written) => ({ path, written, replica })));
    }
    return expansion.text;
  }

  function expand(node: unknown, path: KeyPath): unknown {
    if (typeof node === 'string') return expandText(node, path);
    if (Array.isArray(node)) return node.map((item, index) => expand(item, [...path, index]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, expand(child, [...path, key])]));
  }

  return { value: expand(value, []), unknown };
}

/** Whose variables hold at a path; undefined where there are none. */
function ownerOf(path: KeyPath): 'replica' | 'client' | undefined {
  if (path[0] === 'service' || path[0] === 'fence') return 'replica';
  if (path[0] !== 'endpoints') return undefined;
  if (path[2] === 'client') return 'client';
  return path[2] === 'service' || path[2] === 'options' ? 'replica' : undefined;
}

function needsAll(replica: AudienceReplica | undefined, path: KeyPath): boolean {
  return replica !== undefined && (!replica.witness || path[0] === 'fence');
}
