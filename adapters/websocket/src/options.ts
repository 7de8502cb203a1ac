import { parseOptions as parseHttpOptions, type HttpOptions } from '@lockstep/adapter-http';
import { LockstepError } from '@lockstep/contracts';

/** The options of an endpoint with the websocket adapter, with defaults filled in. The limits hold for what clients send. */
export interface WebSocketOptions {
  /** Bytes of one message, inflated. 1 to 32 MiB, default 1 MiB. A longer one is answered with the close code 1009. */
  readonly payloadBytesMax: number;
  /** Frames that one message may come in. 1 to 131,072, default 1024. Beyond: 1009. */
  readonly fragmentsMax: number;
  /** Pieces in which the network may deliver one frame. 16 to 1,048,576, default 16,384. Beyond: 1009. */
  readonly bufferedChunksMax: number;
  /** Pings and pongs in one second. 1 to 10,000, default 100. Beyond: 1008. */
  readonly controlFramesPerSecondMax: number;
  /** Whether clients that offer `permessage-deflate` get it. Default true. */
  readonly compression: boolean;
  /** The options of the http adapter, for the HTTP requests on the same port. */
  readonly http: HttpOptions;
}

const mebibyte = 1024 * 1024;

/** The numbers among the options: their range and default. */
const ranges = {
  payloadBytesMax: { min: 1, max: 32 * mebibyte, value: mebibyte, what: 'bytes' },
  fragmentsMax: { min: 1, max: 131_072, value: 1024, what: 'frames' },
  bufferedChunksMax: { min: 16, max: 1_048_576, value: 16_384, what: 'pieces' },
  controlFramesPerSecondMax: { min: 1, max: 10_000, value: 100, what: 'pings and pongs' },
} as const;

const names = [...Object.keys(ranges), 'compression', 'http'];

/**
 * Checks what stands under `options` in the configuration.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
 */
export function parseOptions(options: unknown = {}): WebSocketOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrong('options is no mapping', `Write ${names.join(', ')} under options, or leave options out.`);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw wrong(`${name} is unknown`, `Remove it; there are ${names.join(', ')}.`);
  }
  const given = options as Record<string, unknown>;
  const { compression = true } = given;
  if (typeof compression !== 'boolean') throw wrong('compression is neither on nor off', 'Write true or false.');
  return {
    payloadBytesMax: readNumber(given, 'payloadBytesMax'),
    fragmentsMax: readNumber(given, 'fragmentsMax'),
    bufferedChunksMax: readNumber(given, 'bufferedChunksMax'),
    controlFramesPerSecondMax: readNumber(given, 'controlFramesPerSecondMax'),
    compression,
    http: parseHttpOptions(given['http']),
  };
}

function readNumber(given: Record<string, unknown>, name: keyof typeof ranges): number {
  const { min, max, value, what } = ranges[name];
  const { [name]: written = value } = given;
  if (typeof written === 'number' && Number.isInteger(written) && written >= min && written <= max) return written;
  throw wrong(`${name} is out of range`, `Write a whole number of ${what} from ${min} to ${max}.`);
}

function wrong(what: string, remedy: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', `${what}. ${remedy}`);
}
