import type { Logger } from '@lockstep/contracts';
import { LockstepError } from '@lockstep/contracts';
import { pino } from 'pino';
import type { TextOutput } from '../surroundings.js';
import type { LogOptions } from './log-options.js';
import { createPrettify } from './prettify.js';

/**
 * Creates the logger of this process: readable when a person reads along, otherwise one JSON object on each line.
 *
 * @param fields who is speaking; part of every line of JSON
 */
export function createLogger(options: LogOptions, fields: object, output: TextOutput): Logger {
  const readable = output.isTTY === true && !options.logJson;
  const prettify = createPrettify(true);
  const destination = readable ? { write: (line: string) => void output.write(`${prettify(line)}\n`) } : output;
  const serializers = { err: describeError, error: describeError };
  return pino(
    { level: options.logLevel, base: { pid: process.pid, ...fields }, serializers },
    { write: (line) => void destination.write(line) },
  );
}

/** An operating error says all there is to know in its message; the stack of any other leads to the mistake. */
function describeError(error: unknown): unknown {
  if (error instanceof LockstepError) return { code: error.code, message: error.message, retryable: error.retryable };
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}
