import { LockstepError } from '@lockstep/contracts';

/** Headers of the PROXY protocol, version 2, before the stream of each client. */
export interface ProxyProtocolOptions {
  /** Every client sends one, as a balancer does for those behind it; who does not is refused. Default false. */
  readonly in: boolean;
  /** The service gets one, which says where the client comes from. Default false. */
  readonly out: boolean;
}

/** The options of an endpoint with the tcp adapter, with defaults filled in. */
export interface TcpOptions {
  /**
   * For the gate `consumed`: how long a service must stay quiet, with its socket read empty, to be taken for finished.
   * 1 to 10,000 milliseconds, default 5. Only requests that get no answer wait for it.
   */
  readonly quietMs: number;
  /**
   * For the gate `consumed`: how many bytes the service takes with one read, if they are there; of a turn up to that size it has
   * read everything once it answers. 1 to 1,048,576, default 1024, which nearly every program takes.
   */
  readonly readBytes: number;
  readonly proxyProtocol: ProxyProtocolOptions;
}

const quietMs = { default: 5, max: 10_000, unit: 'milliseconds' };
const readBytes = { default: 1024, max: 1024 * 1024, unit: 'bytes' };

/**
 * Checks what stands under `options` in the configuration.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
 */
export function parseOptions(options: unknown = {}): TcpOptions {
  const given = mapping('options', options, ['quietMs', 'readBytes', 'proxyProtocol']);
  const { proxyProtocol = {} } = given;
  const sides = mapping('proxyProtocol', proxyProtocol, ['in', 'out']);
  return {
    quietMs: readCount(given, 'quietMs', quietMs),
    readBytes: readCount(given, 'readBytes', readBytes),
    proxyProtocol: { in: readFlag(sides, 'in'), out: readFlag(sides, 'out') },
  };
}

function readCount(
  given: Readonly<Record<string, unknown>>,
  name: string,
  bounds: { readonly default: number; readonly max: number; readonly unit: string },
): number {
  const { [name]: value = bounds.default } = given;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= bounds.max) return value;
  throw wrong(`${name} is out of range`, `Write a whole number of ${bounds.unit} from 1 to ${bounds.max}.`);
}

function mapping(name: string, value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(`${name} is no mapping`, `Write ${known.join(' or ')} under it, or leave ${name} out.`);
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw wrong(`${key} is unknown`, `Remove it; ${name} has ${known.join(' and ')}.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function readFlag(sides: Readonly<Record<string, unknown>>, name: string): boolean {
  const { [name]: value = false } = sides;
  if (typeof value === 'boolean') return value;
  throw wrong(`proxyProtocol.${name} is neither true nor false`, 'Write one of them.');
}

function wrong(what: string, remedy: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', `${what}. ${remedy}`);
}
