import { OptionReader } from './option-reader.js';

/** The options of an endpoint with the stdio adapter, with defaults filled in. */
export interface StdioOptions {
  /**
   * For the gate `consumed`: how long a program that waits for something other than its standard input must stay quiet to be
   * taken for finished. 1 to 10,000 milliseconds, default 5. A program that is seen to wait for its input is not waited for.
   */
  readonly quietMs: number;
}

/**
 * Checks what stands under `options` in the configuration.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
 */
export function parseStdioOptions(options: unknown = {}): StdioOptions {
  const reader = new OptionReader(options, ['quietMs']);
  return { quietMs: reader.integer('quietMs', 'milliseconds', { max: 10_000, standard: 5 }) };
}
