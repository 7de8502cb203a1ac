import type { ReplicaEffect } from '@lockstep/core/protocol';
import type { MemberRecord } from '../chronicle/member-record.js';

/** One piece of output on its way to a client interceptor. */
export interface Release {
  readonly key: string;
  readonly position: number;
  /** Empty for an end or a reset. */
  readonly text: string;
  readonly end: 'end' | 'reset' | undefined;
  /** The last entry that can have brought it about, by what the executor said when it was read. */
  readonly cause: number;
  /** For people. */
  readonly what: string;
}

const decoder = new TextDecoder();

/** The output in the messages that a replica sends to a client interceptor. */
export function* releasesOf(
  member: MemberRecord,
  { client, messages }: Extract<ReplicaEffect, { kind: 'send-client' }>,
): Generator<Release> {
  for (const message of messages) {
    if (message.kind !== 'output') continue;
    for (const segment of message.segments) {
      const output = member.outputOf(client, segment.connection);
      const text = segment.kind === 'data' ? decoder.decode(segment.payload) : '';
      const through = segment.position + (segment.kind === 'data' ? segment.length : 1);
      yield {
        key: output.key,
        position: segment.position,
        text,
        end: segment.kind === 'data' ? undefined : segment.kind,
        cause: output.causeOf(through),
        what: `${segment.kind} of ${output.key} at ${segment.position}`,
      };
    }
  }
}
