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
  readonly proxyProtocol: ProxyProtocolOptions;
}

const quietMsDefault = 5;
const quietMsMax = 10_000;

/**
 * Checks what stands under `options` in the configuration.
 *
 * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
 */
export function parseOptions(options: unknown = {}): TcpOptions {
  const { quietMs = quietMsDefault, proxyProtocol = {} } = mapping('options', options, ['quietMs', 'proxyProtocol']);
  if (typeof quietMs !== 'number' || !Number.isInteger(quietMs) || quietMs < 1 || quietMs > quietMsMax) {
    throw wrong('quietMs is out of range', `Write a whole number of milliseconds from 1 to ${quietMsMax}.`);
  }
  const sides = mapping('proxyProtocol', proxyProtocol, ['in', 'out']);
  return { quietMs, proxyProtocol: { in: readFlag(sides, 'in'), out: readFlag(sides, 'out') } };
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
