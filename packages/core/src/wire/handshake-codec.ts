import type { Block } from './block.js';
import { type BlockReader, decodeStrictly } from './block-reader.js';
import { BlockWriter } from './block-writer.js';
import { identity, integer, optionalIdentity, sentence } from './checked-fields.js';
import { lockstep } from './generated/lockstep.js';
import type { HandshakeMessage, LinkRole, RefusalCode } from './hello.js';
import { handshakeCodes as codes } from './wire-codes.js';

import wire = lockstep.wire;

const roles = {
  member: wire.Role.ROLE_MEMBER,
  transfer: wire.Role.ROLE_TRANSFER,
  client: wire.Role.ROLE_CLIENT,
  observer: wire.Role.ROLE_OBSERVER,
  probe: wire.Role.ROLE_PROBE,
} as const satisfies Record<LinkRole, number>;

const refusals = {
  unknown: wire.RefusalCode.REFUSAL_UNKNOWN,
  version: wire.RefusalCode.REFUSAL_VERSION,
  group: wire.RefusalCode.REFUSAL_GROUP,
  'unknown-member': wire.RefusalCode.REFUSAL_UNKNOWN_MEMBER,
  settings: wire.RefusalCode.REFUSAL_SETTINGS,
  role: wire.RefusalCode.REFUSAL_ROLE,
  self: wire.RefusalCode.REFUSAL_SELF,
  overloaded: wire.RefusalCode.REFUSAL_OVERLOADED,
  'name-taken': wire.RefusalCode.REFUSAL_NAME_TAKEN,
} as const satisfies Record<RefusalCode, number>;

/** Encodes one frame of the handshake, in pieces for one gathering write. */
export function encodeHandshake(message: HandshakeMessage): Uint8Array[] {
  switch (message.kind) {
    case 'hello': {
      const { version, group, role, identity, settings, pid } = message;
      const roleCode = role === undefined ? wire.Role.ROLE_UNKNOWN : roles[role];
      return BlockWriter.encodeFrame(codes.hello, wire.Hello, {
        version,
        group,
        role: roleCode,
        identity,
        settings,
        pid,
      });
    }
    case 'welcome':
      return BlockWriter.encodeFrame(codes.welcome, wire.Welcome, {});
    case 'refusal': {
      const fields = { code: refusals[message.code], sentence: sentence(message.sentence) };
      return BlockWriter.encodeFrame(codes.refusal, wire.Refusal, fields);
    }
  }
}

/** @returns undefined if the frame is malformed in any way */
export function decodeHandshake(block: Block): HandshakeMessage | undefined {
  return decodeStrictly(block, readHandshake);
}

function readHandshake(reader: BlockReader): HandshakeMessage | undefined {
  switch (reader.code) {
    case codes.hello: {
      const hello = reader.header(wire.Hello);
      return {
        kind: 'hello',
        version: integer(hello.version),
        group: identity(hello.group),
        role: nameOf(roles, hello.role),
        identity: optionalIdentity(hello.identity),
        settings: optionalIdentity(hello.settings),
        pid: integer(hello.pid),
      };
    }
    case codes.welcome:
      reader.header(wire.Welcome);
      return { kind: 'welcome' };
    case codes.refusal: {
      const refusal = reader.header(wire.Refusal);
      return {
        kind: 'refusal',
        code: nameOf(refusals, refusal.code) ?? 'unknown',
        sentence: sentence(refusal.sentence),
      };
    }
    default:
      return undefined;
  }
}

function nameOf<Name extends string>(names: Readonly<Record<Name, number>>, code: number): Name | undefined {
  return (Object.keys(names) as Name[]).find((name) => names[name] === code);
}
