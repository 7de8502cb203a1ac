import { LockstepError } from '@lockstep/contracts';

/** What a shell would act on. We start no shell, so it is refused rather than passed on as it stands. */
const shellCharacters = new Set('|&;<>()$`*?[\n');

/**
 * Takes a command line apart into words, by a shell's rules for blanks, quotes and backslashes, and by no other of its
 * rules. The service is started directly, without a shell, because the process that we watch must be the service's own.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
 */
export function parseCommandLine(text: string): [program: string, ...parameters: string[]] {
  const words: string[] = [];
  for (let at = skipBlanks(text, 0); at < text.length;) {
    const word = readWord(text, at);
    words.push(word.value);
    at = skipBlanks(text, word.end);
  }
  const [program, ...parameters] = words;
  if (!program) throw refusal(text, 'names no program', 'Write the program and its parameters.');
  if (/^[A-Za-z_]\w*=/.test(program)) {
    throw refusal(text, 'begins with a variable', 'Put "env" in front, or set it under "environment".');
  }
  return [program, ...parameters];
}

function readWord(text: string, start: number): { value: string; end: number } {
  let value = '';
  let at = start;
  while (at < text.length && !isBlank(text[at])) {
    const character = text[at] ?? '';
    if (character === "'" || character === '"') {
      const quoted = readQuoted(text, at);
      value += quoted.value;
      at = quoted.end;
    } else if (character === '\\') {
      value += text[at + 1] ?? '';
      at += 2;
    } else if (shellCharacters.has(character) || (at === start && (character === '#' || character === '~'))) {
      throw shellRefusal(text, character);
    } else {
      value += character;
      at += 1;
    }
  }
  return { value, end: at };
}

function readQuoted(text: string, start: number): { value: string; end: number } {
  const quote = text[start];
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === quote) return { value, end: at + 1 };
    if (quote === '"' && (character === '$' || character === '`')) throw shellRefusal(text, character);
    const isEscape = quote === '"' && character === '\\' && /["\\$`]/.test(text[at + 1] ?? '');
    if (isEscape) at += 1;
    value += text[at] ?? '';
  }
  throw refusal(text, `opens a quote ${quote} and does not close it`, 'Close it, or write a backslash before it.');
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text[at])) at += 1;
  return at;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function shellRefusal(text: string, character: string): LockstepError {
  const shown = character === '\n' ? 'a line break' : character;
  const remedy = "Put single quotes around it, or run a shell that becomes the service: sh -c '… exec …'.";
  return refusal(text, `contains ${shown}, which only a shell understands`, remedy);
}

function refusal(text: string, what: string, remedy: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', `The command line of the service ${what}: ${text}. ${remedy}`);
}
