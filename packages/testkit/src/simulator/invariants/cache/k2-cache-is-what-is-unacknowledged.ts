import type { ConnectionKey } from '@lockstep/core/protocol';
import type { MemberRecord } from '../../chronicle/member-record.js';
import { OutputRecord } from '../../chronicle/output-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

const decoder = new TextDecoder();

/**
 * K2: the cache holds exactly what is produced and not acknowledged. (That two members hold the same bytes where both hold a
 * position is S3: each holds what the reference has there.)
 */
export function k2(): Invariant {
  return {
    name: 'K2',
    inspected(member) {
      const { replica } = member.process.replica!;
      for (const { key, acknowledged, produced } of replica.connections()) check(member, key, acknowledged, produced);
    },
  };
}

function check(member: MemberRecord, key: ConnectionKey, acknowledged: number, produced: number): void {
  // A connection of which the service has still to hear has put out nothing.
  const output = member.outputs.get(key) ?? new OutputRecord(key);
  const made = output.text.length + (output.end === undefined ? 0 : 1);
  if (made !== produced)
    throw new Violation(
      'K2',
      `${member.id} counts ${produced} of the ${made} units that its service put out on ${key}`,
    );
  let position = Math.min(acknowledged, produced);
  for (const piece of member.process.replica!.replica.cacheOf(key)) {
    const text = piece.kind === 'data' ? decoder.decode(piece.payload) : '';
    const isNext = piece.position === position && output.text.startsWith(text, position);
    if (!isNext)
      throw new Violation(
        'K2',
        `${member.id} caches ${piece.kind} at ${piece.position} of ${key}, where ${position} is due`,
      );
    position += piece.kind === 'data' ? piece.length : 1;
  }
  if (position !== produced)
    throw new Violation('K2', `${member.id} caches ${key} up to ${position} only, of ${produced}`);
}
