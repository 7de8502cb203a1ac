const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/**
 * Splits an inline command into its arguments, as Redis does.
 *
 * @param line without its end, one character for each byte
 * @returns undefined if its quotes are not closed, or closed in the middle of a word
 */
export function splitInline(line: string): string[] | undefined {
  const words: string[] = [];
  const spaces = /[ \t\n\v\f\r]*/y;
  for (let at = 0; ;) {
    spaces.lastIndex = at;
    spaces.test(line);
    if (spaces.lastIndex === line.length) return words;
    const word = new InlineWord(line, spaces.lastIndex);
    if (!word.isSound) return undefined;
    words.push(word.text);
    at = word.end;
  }
}

/** One argument: characters up to a space, then perhaps a part in quotes, which ends it. */
class InlineWord {
  readonly text: string;
  readonly isSound: boolean;
  readonly end: number;

  constructor(line: string, start: number) {
    const [bare] = matchAt(/[^ \t\n\r"']*/y, line, start) ?? [''];
    const quote = start + bare.length;
    const isQuoted = line[quote] === '"' || line[quote] === "'";
    const double = matchAt(/"((?:[^"\\]|\\[^])*)"(?![^ \t\n\v\f\r])/y, line, quote);
    const single = matchAt(/'((?:[^'\\]|\\'|\\(?!'))*)'(?![^ \t\n\v\f\r])/y, line, quote);
    const [quoted = ''] = double ?? single ?? [];
    this.isSound = !isQuoted || quoted !== '';
    this.end = quote + quoted.length;
    this.text = bare + (double ? unescape(double[1] ?? '') : (single?.[1] ?? '').replaceAll("\\'", "'"));
  }
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

function unescape(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})|\\([^])/g, (_all, hex: string | undefined, character: string) =>
    hex === undefined ? (escapes[character] ?? character) : String.fromCharCode(parseInt(hex, 16)),
  );
}
