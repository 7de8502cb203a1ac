import { LockstepError } from '@lockstep/contracts';

/** The options of an endpoint with the http adapter, with defaults filled in. */
export interface HttpOptions {
  /** The longest head of a message, and the longest trailers, in bytes. 1024 to 131072, default 16384; beyond it 431. */
  readonly maxHeadBytes: number;
  /** The most header fields of a message, and the most trailer fields. 1 to 1000, default 100; beyond it 431. */
  readonly maxHeaders: number;
  /**
   * Up to this many bytes of a request's body are gathered before the request is ordered; what is longer is ordered when it
   * comes to this, and its rest is streamed. 0 to 16777216, default 1048576.
   */
  readonly gatherBytes: number;
  /** How long a client may take for the head of a request, in milliseconds. 10 to 600,000, default 30,000; then 408. */
  readonly headTimeoutMs: number;
  /** How long a client may say nothing in the middle of a body, in milliseconds. 10 to 600,000, default 30,000; then 408. */
  readonly bodyTimeoutMs: number;
  /** After how long without a request a client's connection is closed, in milliseconds. 10 to 3,600,000, default 75,000. */
  readonly idleTimeoutMs: number;
  /**
   * For `connections: shared`: how many requests may be with the service at the same time. 1 to 256, default 1. More is for
   * services that finish each request of a connection before they begin the next.
   */
  readonly pipelining: number;
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly unit: string;
}

const ranges: Readonly<Record<keyof HttpOptions, Range>> = {
  maxHeadBytes: { min: 1024, max: 131_072, default: 16_384, unit: 'bytes' },
  maxHeaders: { min: 1, max: 1000, default: 100, unit: 'header fields' },
  gatherBytes: { min: 0, max: 16_777_216, default: 1_048_576, unit: 'bytes' },
  headTimeoutMs: { min: 10, max: 600_000, default: 30_000, unit: 'milliseconds' },
  bodyTimeoutMs: { min: 10, max: 600_000, default: 30_000, unit: 'milliseconds' },
  idleTimeoutMs: { min: 10, max: 3_600_000, default: 75_000, unit: 'milliseconds' },
  pipelining: { min: 1, max: 256, default: 1, unit: 'requests' },
};

const names = Object.keys(ranges) as (keyof HttpOptions)[];

/**
 * Checks what stands under `options` in the configuration.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
 */
export function parseOptions(options: unknown = {}): HttpOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrong('options is no mapping', `Write one with ${names.join(', ')}, or leave options out.`);
  }
  for (const name of Object.keys(options)) {
    if (!(names as string[]).includes(name)) throw wrong(`${name} is unknown`, `There are ${names.join(', ')}.`);
  }
  const given = options as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, numberOf(name, given[name])])) as unknown as HttpOptions;
}

function numberOf(name: keyof HttpOptions, value: unknown): number {
  const { min, max, default: preset, unit } = ranges[name];
  if (value === undefined) return preset;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw wrong(`${name} is out of range`, `Write a whole number of ${unit} from ${min} to ${max}.`);
}

function wrong(what: string, remedy: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', `${what}. ${remedy}`);
}
