import { createHash } from 'node:crypto';
import type { GroupSettings } from '../protocol/member-io.js';
import type { Hello, LinkRole, Refusal } from '../wire/hello.js';

/** The version of the wire format and of the protocol behind it. Two versions do not talk to each other. */
const wireVersion = 2;

/** What this process says of itself in every handshake. */
export interface LocalIdentity {
  readonly group: string;
  /** The incarnation of a member, the id of a client interceptor, '' for an observer. */
  readonly identity: string;
  /** `digestSettings` of a member's settings, otherwise ''. */
  readonly settings: string;
}

export function makeHello({ group, identity, settings }: LocalIdentity, role: LinkRole): Hello {
  return { kind: 'hello', version: wireVersion, group, role, identity, settings, pid: process.pid };
}

/** A digest of what all members must agree on: who they are, in which order, and whether a fence decides ties. */
export function digestSettings({ members, fence }: GroupSettings): string {
  const shared = JSON.stringify([members.map(({ name, witness }) => [name, witness]), fence]);
  return createHash('sha256').update(shared).digest('hex').slice(0, 32);
}

/** What is wrong with a hello, whatever the link is for. */
export function judgeHello(own: LocalIdentity, theirs: Hello): Refusal | undefined {
  if (theirs.version !== wireVersion) {
    return refuse(
      'version',
      `This side speaks version ${wireVersion} of the link protocol, the other version ${theirs.version}: ` +
        'install the same release of Lockstep on both hosts.',
    );
  }
  if (theirs.group !== own.group) {
    return refuse(
      'group',
      `This is group "${own.group}", not "${theirs.group}": check the link addresses and the group name in both configurations.`,
    );
  }
  if (theirs.identity !== '' && theirs.identity === own.identity) {
    return refuse(
      'self',
      `${own.identity} was asked to talk to itself: two replicas are configured with one link address.`,
    );
  }
  return undefined;
}

export function refuse(code: Refusal['code'], sentence: string): Refusal {
  return { kind: 'refusal', code, sentence };
}
