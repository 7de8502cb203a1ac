import { LockstepError, type Milliseconds } from '@lockstep/contracts';
import type { Block } from '../wire/block.js';
import { decodeStatus } from '../wire/status-codec.js';
import { dial, type DialOutcome } from './dial.js';
import { EventCounters } from './event-counters.js';
import type { FrameConnection } from './frame-connection.js';
import { type Address, formatAddress } from '@lockstep/sockets';
import type { LinkAddress } from './link-address.js';

/**
 * Asks one member about itself.
 *
 * @param timeoutMs for everything together
 * @returns the document that the member gave; its shape is the caller's business
 * @throws LockstepError `ERR_LOCKSTEP_UNREACHABLE` or `ERR_LOCKSTEP_HANDSHAKE_REFUSED`
 */
export function queryMemberStatus(address: LinkAddress, group: string, timeoutMs: Milliseconds): Promise<unknown> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    dial({
      address,
      own: { group, identity: '', settings: '' },
      role: 'observer',
      judge: () => undefined,
      timeoutMs,
      counters: new EventCounters(),
      onDone: (outcome) => {
        if (outcome.kind !== 'up') return reject(explain(address, outcome));
        const remainingMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
        readAnswer(outcome.connection, remainingMs, resolve, (reason) => reject(unreachable(address, reason)));
      },
    });
  });
}

function readAnswer(
  connection: FrameConnection,
  timeoutMs: Milliseconds,
  onDocument: (document: unknown) => void,
  onFailure: (reason: string) => void,
): void {
  const timer = setTimeout(() => connection.destroy('it does not answer'), timeoutMs);
  connection.trust(0);
  connection.handler = {
    onFrame: (block: Block) => {
      const answer = decodeStatus(block);
      if (answer === undefined) return 'a malformed answer';
      onDocument(answer.document);
      connection.end('answered');
      return undefined;
    },
    onReadEnd: () => undefined,
    onDrain: () => undefined,
    onClosed: (reason) => {
      clearTimeout(timer);
      onFailure(reason);
    },
  };
}

function explain(address: Address, outcome: Exclude<DialOutcome, { kind: 'up' }>): LockstepError {
  if (outcome.kind !== 'refused')
    return unreachable(address, outcome.kind === 'nobody' ? 'nobody listens there' : outcome.reason);
  const message = `The member at ${formatAddress(address)} refuses to answer. ${outcome.refusal.sentence}`;
  return new LockstepError('ERR_LOCKSTEP_HANDSHAKE_REFUSED', message, {
    retryable: outcome.refusal.code === 'overloaded',
  });
}

function unreachable(address: Address, reason: string): LockstepError {
  return new LockstepError(
    'ERR_LOCKSTEP_UNREACHABLE',
    `The member at ${formatAddress(address)} cannot be asked (${reason}): start it, or check its link address.`,
    { retryable: true },
  );
}
