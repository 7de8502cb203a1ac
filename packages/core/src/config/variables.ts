/** The variables that strings may refer to in one place, by name. */
export type Variables = ReadonlyMap<string, string>;

/** What a variable may be called. */
export const variablePattern = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The outcome of filling in one string. */
export interface Expansion {
  /** The string; references to unknown variables are left as they are written. */
  readonly text: string;
  /** Those references, as they are written: `${prot}`. */
  readonly unknown: readonly string[];
}

/** `$${` stands for itself without the first dollar sign; `${name}` is a reference; `${` alone is one that never ends. */
const reference = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;

/** Fills in `${name}` from the variables. `$${` gives `${`, so that a command may use braces of its own. */
export function expandVariables(text: string, variables: Variables): Expansion {
  const unknown: string[] = [];
  const expanded = text.replace(reference, (written, name?: string) => {
    if (written === '$${') return '${';
    const value = name === undefined ? undefined : variables.get(name);
    if (value === undefined) unknown.push(written);
    return value ?? written;
  });
  return { text: expanded, unknown };
}
