import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError, type Milliseconds } from '@lockstep/contracts';
import { parseAddress } from '@lockstep/sockets';
import { isLocalFault } from './local-fault.js';

/** How one finds out whether the service can be connected to. */
export interface ReadyProbe {
  /** Where it is asked, for people: `127.0.0.1:6380`. */
  readonly address: string;
  /** Resolves if the service accepts connections at this moment; rejects with what went wrong, within a second or so. */
  probe(): Promise<void>;
}

/** The longest time that one connection attempt may take. On the loopback it takes less than one millisecond. */
const connectTimeoutMs = 1000;

/** Connects to the address `host:port` or `unix:/path`, and closes at once. */
export function connectReadyProbe(address: string): ReadyProbe {
  const target = parseAddress(address);
  if (!target) {
    throw new LockstepError(
      'ERR_LOCKSTEP_CONFIGURATION',
      `No address: ${address}. Write it as host:port or unix:/path.`,
    );
  }
  const probe = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ ...target, timeout: connectTimeoutMs });
      socket.once('connect', () => {
        socket.destroy();
        resolve();
      });
      socket.once('timeout', () => socket.destroy(new Error(`${address} does not answer`)));
      socket.once('error', reject);
    });
  return { address, probe };
}

const firstPauseMs = 2;

/**
 * Asks until the service can be connected to, at first every few milliseconds, because a group is without a member
 * meanwhile, then more rarely.
 *
 * @param pauseMsMax the longest pause between two questions
 * @throws the last refusal, once `signal` is aborted
 */
export async function untilReachable(probe: ReadyProbe, signal: AbortSignal, pauseMsMax: Milliseconds): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, pauseMsMax)) {
    try {
      return await probe.probe();
    } catch (refusal) {
      if (await isAbortedWithin(pauseMs, signal)) throw refusal;
    }
  }
}

/**
 * Asks until the service can no longer be connected to. A question that we could not ask is no answer.
 *
 * @returns false when `signal` was aborted before
 */
export async function untilUnreachable(
  probe: ReadyProbe,
  signal: AbortSignal,
  pauseMs: Milliseconds,
): Promise<boolean> {
  do {
    try {
      await probe.probe();
    } catch (error) {
      if (!isLocalFault(error)) return true;
    }
  } while (!(await isAbortedWithin(pauseMs, signal)));
  return false;
}

async function isAbortedWithin(durationMs: Milliseconds, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(durationMs, undefined, { signal });
  } catch {
    // The only reason for a delay to fail.
  }
  return signal.aborted;
}
