import type { ReplicaConnectionSnapshot } from '@lockstep/core/protocol';
import type { Chronicle } from '../../chronicle/chronicle.js';
import type { Reference } from '../../chronicle/reference.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** K1: at equal g the connections, their input and their acknowledged positions are the same on all members. */
export function k1(chronicle: Chronicle): Invariant {
  /** The table by genesis and order number, as the first replica had it there. */
  const tables = new Map<string, string>();
  return {
    name: 'K1',
    inspected(member) {
      if (member.group === undefined) return;
      const { replica } = member.process.replica!;
      const { applied } = replica.snapshot();
      const reference = chronicle.referenceOf(member.group);
      if (applied > reference.applied || !member.shares(applied)) return;
      const place = `${member.group.genesis} ${applied}`;
      const table = replica.digest();
      const others = tables.get(place) ?? table;
      tables.set(place, table);
      if (table !== others) throw new Violation('K1', `at ${place} ${member.id} has ${table}, others have ${others}`);
      if (applied === reference.applied) compare(member.id, replica.connections(), reference);
    },
  };
}

function compare(member: string, connections: readonly ReplicaConnectionSnapshot[], reference: Reference): void {
  const live = [...reference.connections.values()].filter(({ isLive }) => isLive).length;
  if (live !== connections.length)
    throw new Violation('K1', `${member} has ${connections.length} connections instead of ${live}`);
  for (const { key, input, inputEnded, acknowledged } of connections) {
    const expected = reference.connections.get(key);
    const isRight =
      expected?.input === input && expected.inputEnded === inputEnded && expected.acknowledged === acknowledged;
    if (!isRight) {
      throw new Violation(
        'K1',
        `${member} has ${key} at ${input}, acknowledged ${acknowledged}, not ${expected?.input}, ${expected?.acknowledged}`,
      );
    }
  }
}
