import { LockstepError } from '@lockstep/contracts';

const mebibyte = 1024 * 1024;
const bulkBytesMaxDefault = 512 * mebibyte;
const bulkBytesMaxMax = 4096 * mebibyte;

/** What stands under `options` in the configuration, checked and filled in. */
export interface RespOptions {
  /** The longest argument of a request, in bytes: the `proto-max-bulk-len` of the Redis behind. Default 512 MiB. */
  readonly maxBulk: number;
}

/**
 * Checks what stands under `options` in the configuration.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` that names the option and the remedy
 */
export function parseOptions(options: unknown = {}): RespOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrong('options is no mapping. Write one with maxBulk, or none at all.');
  }
  const unknown = Object.keys(options).find((name) => name !== 'maxBulk');
  if (unknown !== undefined) throw wrong(`${unknown} is unknown. There is maxBulk.`);
  const { maxBulk = bulkBytesMaxDefault } = options as { readonly maxBulk?: unknown };
  if (typeof maxBulk === 'number' && Number.isInteger(maxBulk) && maxBulk >= 1 && maxBulk <= bulkBytesMaxMax) {
    return { maxBulk };
  }
  throw wrong(`maxBulk is out of range. Write a whole number of bytes from 1 to ${bulkBytesMaxMax}.`);
}

function wrong(message: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', message);
}
