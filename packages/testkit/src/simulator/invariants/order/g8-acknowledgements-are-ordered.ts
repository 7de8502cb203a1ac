import type { Chronicle } from '../../chronicle/chronicle.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** G8: acknowledgements go through the same order as requests: no replica is ahead of the acknowledgements in the order. */
export function g8(chronicle: Chronicle): Invariant {
  return {
    name: 'G8',
    inspected(member) {
      if (member.group === undefined) return;
      const { replica } = member.process.replica!;
      const reference = chronicle.referenceOf(member.group);
      const { applied } = replica.snapshot();
      if (applied > reference.applied || !member.shares(applied)) return;
      for (const { key, acknowledged } of replica.connections()) {
        const ordered = reference.connections.get(key)?.acknowledged ?? 0;
        if (acknowledged > ordered) {
          throw new Violation(
            'G8',
            `${member.id} has ${key} acknowledged up to ${acknowledged}, the order up to ${ordered}`,
          );
        }
      }
    },
  };
}
