import type { Chronicle } from '../../chronicle/chronicle.js';
import type { GroupRecord } from '../../chronicle/group-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/**
 * C2: a request that was accepted executes once, or the client sees a definite error; never silence.
 */
export function c2(chronicle: Chronicle): Invariant {
  const { world } = chronicle;
  /** The requests in the history of each group. */
  const seen = new Map<GroupRecord, Set<string>>();
  return {
    name: 'C2',
    finalised: readHistory,
    unfinished() {
      for (const group of chronicle.groups.values()) readHistory(group);
      for (const client of world.clients) {
        if (client.outcome === 'reset' || client.outcome === 'abandoned') continue;
        const lost = client.sent.find((line) => !isExecuted(line));
        if (lost !== undefined) return `"${lost}" was accepted, is not in the history, and its client saw no error`;
      }
      return undefined;
    },
  };

  /** The history only grows, so what was looked at once need not be looked at again. */
  function readHistory(group: GroupRecord): void {
    const { requests } = chronicle.referenceOf(group).machine;
    const known = seen.get(group) ?? new Set();
    seen.set(group, known);
    for (let index = known.size; index < requests.length; index++) {
      const line = requests[index]!;
      if (known.has(line)) throw new Violation('C2', `"${line}" is executed twice`);
      known.add(line);
    }
  }

  function isExecuted(line: string): boolean {
    return [...seen.values()].some((known) => known.has(line));
  }
}
