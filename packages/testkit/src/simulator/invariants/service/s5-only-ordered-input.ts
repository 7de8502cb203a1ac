import type { ServiceOperation } from '@lockstep/core/protocol';
import type { MemberRecord } from '../../chronicle/member-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { ModelChannel } from '../../service/model-channel.js';
import type { Invariant } from '../invariant.js';

/**
 * S5: nothing that was not ordered reaches the service on a client's connection: what the service is given is what the
 * replica told, in the same order over all connections, each once.
 */
export function s5(): Invariant {
  /** What each replica has told, and the service was not given yet. */
  const dueTo = new Map<MemberRecord, ServiceOperation[]>();
  return {
    name: 'S5',
    replicaActed(member, effect) {
      if (effect.kind !== 'execute') return;
      const due = dueTo.get(member);
      if (due === undefined) dueTo.set(member, [...effect.operations]);
      else due.push(...effect.operations);
    },
    fed(member, channel, what) {
      // The interceptor is taking everything down, because the service died.
      if (member.process.replica!.isServiceDead) return;
      const due = dueTo.get(member) ?? [];
      for (let next = due.shift(); next !== undefined; next = due.shift()) {
        if (next.kind === 'open' && what === 'open') {
          member.channels.set(next.connection, channel);
          return;
        }
        const target = member.channels.get(next.connection);
        if (target === channel && isThis(next, what)) return;
        if (!isNeedless(next, target)) break;
      }
      throw new Violation(
        'S5',
        `the service of ${member.id} is given something on ${channel.name} that is not next in the order`,
      );
    },
  };
}

function isThis(operation: ServiceOperation, what: Uint8Array | 'open' | 'end' | 'reset'): boolean {
  if (typeof what === 'string') return operation.kind === what || (operation.kind === 'release' && what === 'end');
  return operation.kind === 'data' && Buffer.compare(operation.segment.payload, what) === 0;
}

/** What comes for a connection that the service has broken goes nowhere; a release is seen only if the end was not. */
function isNeedless(operation: ServiceOperation, channel: ModelChannel | undefined): boolean {
  return operation.kind === 'release' || channel?.isBroken === true;
}
