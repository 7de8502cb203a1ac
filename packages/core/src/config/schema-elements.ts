import { z } from 'zod';
import { addressPattern, parseAddress, unixPathBytesMax } from '@lockstep/sockets';
import { byteCountPattern, parseByteCount } from './limits.js';

/** What a group, a replica or an endpoint may be called. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

const nameRemedy =
  'Write 1 to 64 letters, digits, _, . or -, starting with a letter or digit; put digits alone in quotes.';

/*
 * In every element the error message is the remedy: one sentence that says which form is expected, with an example.
 * What is wrong is said by `describeIssue`, which knows what was found.
 */

/** A name of a group, a replica or an endpoint. */
export const name = z.string({ error: nameRemedy }).regex(namePattern, { error: nameRemedy });

/** An address with variables in it: its form can be checked once they are filled in. */
const unfilledPattern = /\$\{/;
const fillablePattern = new RegExp(`${addressPattern.source}|${unfilledPattern.source}`);

/**
 * `host:port` or `unix:/path`.
 *
 * @param options `variables`: it may have variables in it; `portZero`: somebody listens there, and port 0 picks a free one
 */
export function address(options: { example: string; description: string; variables?: boolean; portZero?: boolean }) {
  const error = `Write host:port, for example ${options.example}, or unix:/path.`;
  const portMin = options.portZero === true ? 0 : 1;
  const rangeError = `The port goes from ${portMin} to 65535, for example ${options.example}.`;
  const pathError = `The path of a unix socket has at most ${unixPathBytesMax} bytes: choose a shorter one.`;
  const fillable = options.variables === true;
  return z
    .string({ error })
    .regex(fillable ? fillablePattern : addressPattern, { error, abort: true })
    .refine(
      (text) => {
        const parsed = parseAddress(text);
        if (parsed === undefined) return fillable && unfilledPattern.test(text);
        return 'path' in parsed || parsed.port >= portMin;
      },
      { error: ({ input }) => (String(input).startsWith('/', 'unix:'.length) ? pathError : rangeError) },
    )
    .meta({ description: options.description });
}

/** A whole number of milliseconds, 1 to an hour. */
export function milliseconds(options: { example: number; description: string }) {
  const error = `Write a whole number of milliseconds from 1 to 3600000, for example ${options.example}.`;
  return z
    .int({ error })
    .min(1, { error })
    .max(3_600_000, { error })
    .meta({ description: `${options.description} In milliseconds.` });
}

/** A number of bytes, plain or with a unit. */
export function bytes(options: { example: string; description: string }) {
  const error = `Write a number of bytes from 1024 up, plain or with KiB, MiB or GiB, for example ${options.example}.`;
  return z
    .union([z.int({ error }), z.string({ error }).regex(byteCountPattern, { error })], { error })
    .transform(parseByteCount)
    .refine((count) => count >= 1024 && Number.isSafeInteger(count), { error })
    .meta({ description: options.description });
}

/** Text; numbers and booleans that YAML read from a value without quotes are taken as they are written. */
export function scalarText(description: string) {
  const error = 'Write text, a number or true or false.';
  return z.union([z.string(), z.number(), z.boolean()], { error }).transform(String).meta({ description });
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  const error = words.length === 1 ? `Write ${words[0]}.` : `Write one of ${words.join(', ')}.`;
  return z.enum(words, { error }).meta({ description });
}

/** True or false. */
export function flag(description: string) {
  return z.boolean({ error: 'Write true or false.' }).meta({ description });
}
