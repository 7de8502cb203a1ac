import { LockstepError } from '@lockstep/contracts';

/** The options of an endpoint with the tcp adapter, with defaults filled in. */
export interface TcpOptions {
  /**
   * For the gate `consumed`: how long a service must stay quiet, with its socket read empty, to be taken for finished.
   * 1 to 10,000 milliseconds, default 5. Only requests that get no answer wait for it.
   */
  readonly quietMs: number;
}

const quietMsDefault = 5;
const quietMsMax = 10_000;

/**
 * Checks what stands under `options` in the configuration.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
 */
export function parseOptions(options: unknown = {}): TcpOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrong('options is no mapping', 'Write quietMs under options, or leave options out.');
  }
  for (const name of Object.keys(options)) {
    if (name !== 'quietMs') throw wrong(`${name} is unknown`, 'Remove it; there is only quietMs.');
  }
  const { quietMs = quietMsDefault } = options as { quietMs?: unknown };
  if (typeof quietMs !== 'number' || !Number.isInteger(quietMs) || quietMs < 1 || quietMs > quietMsMax) {
    throw wrong('quietMs is out of range', `Write a whole number of milliseconds from 1 to ${quietMsMax}.`);
  }
  return { quietMs };
}

function wrong(what: string, remedy: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', `${what}. ${remedy}`);
}
