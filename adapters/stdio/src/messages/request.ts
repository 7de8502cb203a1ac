import { decodeFields, encodeJson } from './json.js';

/** The first message of an `exec` connection; standard input follows, to its end. */
export interface Request {
  /** The program and its arguments. Never empty. */
  readonly words: readonly [program: string, ...parameters: string[]];
}

export function encodeRequest({ words }: Request): Uint8Array {
  return encodeJson({ words });
}

/** @returns undefined if it is none */
export function decodeRequest(payload: Uint8Array): Request | undefined {
  const { words } = decodeFields(payload) ?? {};
  if (!Array.isArray(words) || !words.every(isWord)) return undefined;
  const [program, ...parameters] = words;
  return program ? { words: [program, ...parameters] } : undefined;
}

/** The kernel ends a word at a NUL, so that no word has one. */
function isWord(word: unknown): word is string {
  return typeof word === 'string' && !word.includes('\0');
}
