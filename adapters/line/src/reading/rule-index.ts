const codes = 256;

/**
 * Finds the rule that holds for a request line: the first whose expression matches. Rules whose expression begins with
 * `^` and a plain character are only tried on lines that begin with it.
 */
export class RuleIndex<Rule extends { readonly request: RegExp }> {
  /** For each first character, and last for the empty line, the rules that may match. */
  readonly #candidates: readonly (readonly Rule[])[];

  constructor(rules: readonly Rule[]) {
    const firsts = rules.map((rule) => firstCharacters(rule.request.source));
    this.#candidates = Array.from({ length: codes + 1 }, (_, code) =>
      rules.filter((_rule, index) => {
        const characters = firsts[index];
        return characters === undefined || (code < codes && characters.includes(String.fromCharCode(code)));
      }),
    );
  }

  /** The rules to be tried on this line, in order. */
  candidates(line: string): readonly Rule[] {
    return this.#candidates[line.length === 0 ? codes : line.charCodeAt(0)] ?? [];
  }

  find(line: string): Rule | undefined {
    for (const rule of this.candidates(line)) if (rule.request.test(line)) return rule;
    return undefined;
  }
}

/**
 * The characters one of which a text must begin with to match.
 *
 * @returns undefined when that cannot be read off the beginning of the expression
 */
export function firstCharacters(source: string): string | undefined {
  if (hasAlternatives(source)) return undefined;
  const [, group, character] = /^\^(?:\(\?:([^()[\]\\]+)\)(?![?*{])|([^()])(?![?*{]))/.exec(source) ?? [];
  const beginnings = group?.split('|') ?? (character === undefined ? [] : [character]);
  const isPlain = beginnings.length > 0 && beginnings.every((text) => /^[A-Za-z0-9_ ](?![?*{])/.test(text));
  return isPlain ? beginnings.map((text) => text.slice(0, 1)).join('') : undefined;
}

/** Whether there is a `|` outside of all groups: then the beginning speaks for one alternative only. */
function hasAlternatives(source: string): boolean {
  let depth = 0;
  // Escaped characters and classes are passed over as a whole.
  for (const [token] of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[^]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === '|' && depth === 0) return true;
  }
  return false;
}
