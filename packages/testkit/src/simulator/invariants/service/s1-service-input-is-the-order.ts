import type { ServiceOperation } from '@lockstep/core/protocol';
import type { Chronicle } from '../../chronicle/chronicle.js';
import type { MemberRecord } from '../../chronicle/member-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

interface Executed {
  readonly order: number;
  readonly text: string;
}

const decoder = new TextDecoder();

/**
 * S1: what a replica tells its service to be given is the order filtered to service input: at each order number the
 * same as the reference says, at most once, in order.
 */
export function s1(chronicle: Chronicle): Invariant {
  /** What each member has executed and the group has not agreed on for good yet. */
  const unchecked = new Map<MemberRecord, Executed[]>();
  return {
    name: 'S1',
    replicaActed(member, effect) {
      if (effect.kind !== 'execute') return;
      const queue = unchecked.get(member) ?? [];
      unchecked.set(member, queue);
      queue.push({ order: effect.order, text: effect.operations.map(textOf).join('; ') });
    },
    finalised: (group) => {
      const { applied, operations } = chronicle.referenceOf(group);
      for (const [member, queue] of unchecked) {
        if (member.group !== group) continue;
        let done = 0;
        for (; done < queue.length && queue[done]!.order <= applied; done++) {
          const { order, text } = queue[done]!;
          if (!member.shares(order) || text === operations[order]) continue;
          throw new Violation('S1', `${member.id} executes at ${order}: "${text}" instead of "${operations[order]}"`);
        }
        queue.splice(0, done);
      }
    },
  };
}

function textOf(operation: ServiceOperation): string {
  const { kind, connection } = operation;
  if (kind === 'open') return `open ${connection} ${operation.endpoint}`;
  return kind === 'data' ? `data ${connection} ${decoder.decode(operation.segment.payload)}` : `${kind} ${connection}`;
}
