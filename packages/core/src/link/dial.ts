import type { Milliseconds } from '@lockstep/contracts';
import type { Hello, LinkRole, Refusal } from '../wire/hello.js';
import type { EventCounters } from './event-counters.js';
import { FrameConnection } from './frame-connection.js';
import { Handshake, type HandshakeOutcome } from './handshake.js';
import { judgeHello, type LocalIdentity, makeHello } from './identity.js';
import type { LinkAddress } from './link-address.js';
import { connectLink, isConnectionRefused } from './transport.js';

/** What came of an attempt to reach somebody. */
export type DialOutcome =
  | { readonly kind: 'up'; readonly connection: FrameConnection; readonly theirs: Hello }
  | Extract<HandshakeOutcome, { kind: 'refused' | 'failed' }>
  /** Nobody listens there: the operating system says so. */
  | { readonly kind: 'nobody' };

export interface DialOptions {
  readonly address: LinkAddress;
  readonly own: LocalIdentity;
  readonly role: LinkRole;
  /** Says what is wrong with who answers, beyond what is wrong for every link. */
  readonly judge: (theirs: Hello) => Refusal | undefined;
  /** For the connection and the handshake together. */
  readonly timeoutMs: Milliseconds;
  readonly counters: EventCounters;
  /** Called once, unless the dial is cancelled; never before `dial` has returned. */
  readonly onDone: (outcome: DialOutcome) => void;
}

/**
 * Connects to a member and shakes hands.
 *
 * @returns cancels the attempt
 */
export function dial({ address, own, role, judge, timeoutMs, counters, onDone }: DialOptions): () => void {
  const startedAt = performance.now();
  let isOver = false;
  const finish = (outcome: DialOutcome): void => {
    clearTimeout(timer);
    if (!isOver) onDone(outcome);
    isOver = true;
  };
  const cancelConnect = connectLink(address, {
    onConnected: (socket) => {
      clearTimeout(timer);
      const connection = new FrameConnection(socket, counters);
      new Handshake(connection, {
        hello: makeHello(own, role),
        judge: (theirs) => judgeHello(own, theirs) ?? judge(theirs),
        timeoutMs: Math.max(1, timeoutMs - (performance.now() - startedAt)),
        onDone: (outcome) => {
          if (isOver) connection.destroy('cancelled');
          else finish(outcome.kind === 'up' ? { kind: 'up', connection, theirs: outcome.theirs } : outcome);
        },
      });
    },
    onFailed: (error) =>
      finish(isConnectionRefused(error) ? { kind: 'nobody' } : { kind: 'failed', reason: error.code ?? error.message }),
  });
  const timer = setTimeout(() => {
    cancelConnect();
    finish({ kind: 'failed', reason: 'it does not answer' });
  }, timeoutMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
    cancelConnect();
  };
}
