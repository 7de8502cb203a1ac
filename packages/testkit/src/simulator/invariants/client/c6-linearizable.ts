import type { Chronicle } from '../../chronicle/chronicle.js';
import type { GroupRecord } from '../../chronicle/group-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

interface Asked {
  /** The highest place that anybody had been told of when the request was sent. */
  readonly floor: number;
  readonly group: GroupRecord | undefined;
}

/**
 * C6: the history that clients saw is linearizable. The service tells every request its place in the one history, so this
 * comes down to: whoever was told a place before a request was sent has a smaller one than that request.
 */
export function c6(chronicle: Chronicle): Invariant {
  const asked = new Map<string, Asked>();
  const told = new Map<GroupRecord | undefined, number>();
  return {
    name: 'C6',
    requested(line) {
      const { group } = chronicle;
      asked.set(line, { floor: told.get(group) ?? 0, group });
    },
    answered(line, place, group) {
      const { floor, group: groupThen } = asked.get(line)!;
      if (group === groupThen && place <= floor) {
        throw new Violation('C6', `"${line}" has place ${place}, but ${floor} had been told before it was sent`);
      }
      told.set(group, Math.max(told.get(group) ?? 0, place));
    },
  };
}
