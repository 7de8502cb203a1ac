import type { MemberRecord } from '../../chronicle/member-record.js';
import type { OutputRecord } from '../../chronicle/output-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/** C5: half-close and reset are at the same position on every replica. */
export function c5(): Invariant {
  const ends = new Map<string, { readonly position: number; readonly end: string }>();
  return {
    name: 'C5',
    inspected(member) {
      if (member.hasGateTimedOut || !member.shares(member.delivered)) return;
      for (const output of member.outputs.values()) if (output.end !== undefined) compare(member, output);
    },
  };

  function compare({ id, group }: MemberRecord, { key, text, end }: OutputRecord): void {
    const place = `${group!.genesis} ${key}`;
    const known = ends.get(place);
    if (known === undefined) ends.set(place, { position: text.length, end: end! });
    else if (known.position !== text.length || known.end !== end) {
      throw new Violation(
        'C5',
        `${key} has its ${end} at ${text.length} on ${id}, its ${known.end} at ${known.position} elsewhere`,
      );
    }
  }
}
