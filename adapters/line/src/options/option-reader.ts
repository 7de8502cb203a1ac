import { LockstepError } from '@lockstep/contracts';

/** Reads one mapping of the options, and names what is wrong by its path (`replies[0].until`). */
export class OptionReader {
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /**
   * @param path of the mapping; empty for the options as a whole
   * @param known the names that it may have
   * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` if it is no mapping, or has another name
   */
  constructor(path: string, value: unknown, known: readonly string[]) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(path === '' ? 'options' : path, 'is no mapping', `Write one with ${known.join(', ')}.`);
    }
    this.#values = value as Record<string, unknown>;
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) throw wrong(this.pathOf(name), 'is unknown', `There are ${known.join(', ')}.`);
    }
  }

  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  /** A value that nobody has looked at yet; undefined if there is none. */
  value(name: string): unknown {
    return this.#values[name];
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    if (value === undefined || typeof value === 'string') return value;
    throw wrong(this.pathOf(name), 'is no text', 'Write it in quotes.');
  }

  /** @throws LockstepError if it is no whole number from `min` to `max` */
  number(name: string, min: number, max: number): number | undefined {
    const value = this.#values[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw wrong(this.pathOf(name), 'is out of range', `Write a whole number from ${min} to ${max}.`);
  }

  bytes(name: string, lengthMin: number, lengthMax: number): Uint8Array | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const bytes = Buffer.from(value, 'latin1');
    const isBytes = bytes.toString('latin1') === value;
    if (isBytes && bytes.length >= lengthMin && bytes.length <= lengthMax) return bytes;
    const remedy = `Write ${lengthMin} to ${lengthMax} of them, in double quotes where they need a backslash ("\\r\\n").`;
    throw wrong(this.pathOf(name), 'are not characters of one byte each', remedy);
  }

  expression(name: string): RegExp | undefined {
    const source = this.text(name);
    if (source === undefined) return undefined;
    try {
      // A dot is any byte, as lines that end in something else may have \n in them.
      return new RegExp(source, 's');
    } catch (cause) {
      throw wrong(
        this.pathOf(name),
        `is no regular expression (${(cause as Error).message})`,
        'Write one as in JavaScript, without slashes around it.',
        cause,
      );
    }
  }

  requiredExpression(name: string): RegExp {
    const expression = this.expression(name);
    if (expression !== undefined) return expression;
    throw wrong(this.pathOf(name), 'is missing', 'Write a regular expression that the line has to match.');
  }

  /** The number of a capture group that `expression` has. */
  group(name: string, expression: RegExp): number | undefined {
    // An expression that also matches nothing shows how many groups there are.
    const groups = (new RegExp(`${expression.source}|`, 's').exec('')?.length ?? 1) - 1;
    const value = this.#values[name];
    if (value !== undefined && groups === 0) {
      const remedy = 'Put parentheses around the digits that say the length.';
      throw wrong(this.pathOf(name), `counts a group of ${expression.source}, which has none`, remedy);
    }
    return this.number(name, 1, groups);
  }

  list<Item>(name: string, read: (path: string, value: unknown) => Item): Item[] {
    const value = this.#values[name] ?? [];
    if (!Array.isArray(value)) throw wrong(this.pathOf(name), 'is no list', 'Begin each entry with a dash.');
    return value.map((item: unknown, index) => read(`${this.pathOf(name)}[${index}]`, item));
  }
}

/** An error about one option. */
export function wrong(path: string, what: string, remedy: string, cause?: unknown): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', `${path} ${what}. ${remedy}`, { cause });
}
