import type { Chronicle } from '../../chronicle/chronicle.js';
import type { MemberRecord } from '../../chronicle/member-record.js';
import type { OutputRecord } from '../../chronicle/output-record.js';
import { Violation } from '../../chronicle/violation.js';
import type { Invariant } from '../invariant.js';

/**
 * S3: at equal g and at rest service states are equal, and at all times outputs are prefixes of each other. Both are
 * compared with the reference, which is an undisturbed service that was given the same.
 */
export function s3(chronicle: Chronicle): Invariant {
  return {
    name: 'S3',
    inspected(member) {
      if (member.group === undefined || member.hasGateTimedOut) return;
      const reference = chronicle.referenceOf(member.group);
      const { replica, service, isIdle } = member.process.replica!;
      const { applied } = replica.snapshot();
      if (applied > reference.applied || !member.shares(applied)) return;
      for (const output of member.outputs.values())
        compareOutput(member, output, reference.connections.get(output.key)!);
      if (applied < reference.applied || !isIdle) return;
      if (service.machine.digest !== reference.machine.digest) {
        throw new Violation(
          'S3',
          `the service of ${member.id} is at ${service.machine.digest} behind ${applied}, not at ${reference.machine.digest}`,
        );
      }
    },
  };
}

function compareOutput(
  member: MemberRecord,
  { key, text, end }: OutputRecord,
  expected: { output: string; outputEnd: string | undefined },
): void {
  const isPrefix =
    end === undefined ? expected.output.startsWith(text) : expected.output === text && expected.outputEnd === end;
  if (isPrefix) return;
  throw new Violation(
    'S3',
    `the service of ${member.id} puts out ${describe(text, end)} on ${key}, not ${describe(expected.output, expected.outputEnd)}`,
  );
}

function describe(text: string, end: string | undefined): string {
  return `${text.length} bytes "…${text.slice(-40).replaceAll('\n', '\\n')}"${end === undefined ? '' : ` and ${end}`}`;
}
