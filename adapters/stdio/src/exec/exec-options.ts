import { OptionReader } from '../option-reader.js';

const mebibyte = 1024 * 1024;

/** The options of an endpoint with the exec adapter, with defaults filled in. */
export interface ExecOptions {
  /** The programs that clients may run, as they write them: names, or paths. No default. */
  readonly commands: readonly string[];
  /** How much standard input a command may be given. 1 to 64 MiB, in bytes, default 8 MiB. It is kept in memory. */
  readonly stdinBytesMax: number;
  /** How much a command may put out, on both streams together. 1 to 64 MiB, in bytes, default 8 MiB. It is kept in memory. */
  readonly outputBytesMax: number;
}

/**
 * Checks what stands under `options` in the configuration.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
 */
export function parseExecOptions(options: unknown = {}): ExecOptions {
  const reader = new OptionReader(options, ['commands', 'stdinBytesMax', 'outputBytesMax']);
  const size = { max: 64 * mebibyte, standard: 8 * mebibyte };
  return {
    commands: reader.names('commands', 'for example commands: [tsp]'),
    stdinBytesMax: reader.integer('stdinBytesMax', 'bytes', size),
    outputBytesMax: reader.integer('outputBytesMax', 'bytes', size),
  };
}
