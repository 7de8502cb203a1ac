import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { KeyPath, Place, Problem } from './problem.js';

/** Where a key, its value, or both are in the text. */
interface Located {
  /** Offset of the key, or of the item of a list. */
  readonly key: number;
  readonly value: Node | undefined;
}

/** The text of a configuration file, its value, and the way from a key to its line. */
export class YamlSource {
  /** Not empty when the text is not YAML; then `value` is not to be used. */
  readonly problems: readonly Problem[];
  /** What the text says, in plain objects and arrays. */
  readonly value: unknown;
  readonly #text: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const problems = firstOfCascade([...this.#document.errors, ...this.#document.warnings]).map((error) => ({
      ...this.#place(error.pos[0]),
      what:
        error.code === 'DUPLICATE_KEY' ? 'this key is given twice' : `this is not YAML: ${lowerFirst(error.message)}`,
      remedy: this.#remedyFor(error),
    }));
    problems.push(...this.#forbiddenKeys());
    keepTextOfVariables(this.#document);
    this.value = problems.length > 0 ? undefined : this.#toPlain(problems);
    this.problems = problems;
  }

  /** The place of a key; of the deepest key on the way to it when there is no such key. */
  placeOfKey(path: KeyPath): Place {
    return this.#place(this.#locate(path).key);
  }

  /** The place of a value; of the deepest key on the way to it when there is no such key. */
  placeOfValue(path: KeyPath): Place {
    const { key, value } = this.#locate(path);
    return this.#place(value?.range?.[0] ?? key);
  }

  /** The place of a piece of text inside a value; of the value itself when it is not written there literally. */
  placeInValue(path: KeyPath, piece: string): Place {
    const [start, end] = this.#locate(path).value?.range ?? [0, 0];
    const offset = this.#text.slice(start, end).indexOf(piece);
    return offset < 0 ? this.placeOfValue(path) : this.#place(start + offset);
  }

  /** A key of this name would be lost on the way into plain objects, without a word. */
  #forbiddenKeys(): Problem[] {
    const problems: Problem[] = [];
    visit(this.#document, {
      Pair: (_, { key }) => {
        if (!isScalar(key) || key.value !== '__proto__') return;
        const place = this.#place(key.range?.[0] ?? 0);
        problems.push({ ...place, what: '"__proto__" cannot be a name', remedy: 'Choose another.' });
      },
    });
    return problems;
  }

  #toPlain(problems: Problem[]): unknown {
    try {
      return this.#document.toJS();
    } catch (error) {
      const what = `this cannot be read: ${lowerFirst((error as Error).message)}`;
      problems.push({ line: 1, column: 1, what, remedy: 'Write the values out instead of using aliases.' });
      return undefined;
    }
  }

  #remedyFor({ code, pos }: YAMLError): string {
    const line = this.#text.slice(this.#text.lastIndexOf('\n', pos[0] - 1) + 1, pos[0] + 1);
    if (/\$\{$/.test(line)) return 'Inside { } and [ ], put text with ${…} in quotes.';
    return yamlRemedies[code] ?? 'Mend it, or put text with special characters in quotes.';
  }

  #locate(path: KeyPath): Located {
    let node = this.#resolve(this.#document.contents);
    let located: Located = { key: node?.range?.[0] ?? 0, value: node };
    for (const step of path) {
      const next = isMap(node)
        ? node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step))
        : isSeq(node)
          ? { key: node.items[Number(step)], value: node.items[Number(step)] }
          : undefined;
      const key = next?.key as Node | undefined;
      if (next === undefined || !key?.range) return { key: located.key, value: undefined };
      located = { key: key.range[0], value: (next.value as Node | null) ?? undefined };
      node = this.#resolve(located.value);
    }
    return located;
  }

  #resolve(node: unknown): Node | undefined {
    return (isAlias(node) ? node.resolve(this.#document) : (node as Node | null)) ?? undefined;
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

const yamlRemedies: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'Remove one of the two.',
  TAB_AS_INDENT: 'Indent with spaces.',
  MULTIPLE_DOCS: 'Keep one document in the file: remove the line of dashes.',
  BAD_INDENT: 'Keys of one level start in the same column.',
};

/** After the first syntax error, the parser misreads all that follows; only double keys are mistakes of their own. */
function firstOfCascade(errors: readonly YAMLError[]): YAMLError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error === first || error.code === 'DUPLICATE_KEY');
}

/** Variables and the environment are text: `1.10` and `007` stay what they are, whatever number YAML takes them for. */
function keepTextOfVariables(document: Document): void {
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || (pair.key.value !== 'vars' && pair.key.value !== 'env') || !isMap(pair.value)) return;
      for (const { value } of pair.value.items) {
        if (isScalar(value) && value.value !== null && value.source !== undefined) value.value = value.source;
      }
    },
  });
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
