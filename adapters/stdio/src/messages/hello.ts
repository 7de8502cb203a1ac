import { decodeFields, encodeJson } from './json.js';

/** The two virtual connections of one program: what is on standard error comes at other moments on each replica. */
export type Role = 'main' | 'status';

/** The first message of each virtual connection: which program it belongs to, and what it carries. */
export interface Hello {
  /** 32 hexadecimal digits that the client's side picks at random; the same on both connections. */
  readonly session: string;
  /** `main` carries standard input and output, `status` standard error and at the end how the program ended. */
  readonly role: Role;
}

export function encodeHello({ session, role }: Hello): Uint8Array {
  return encodeJson({ session, role });
}

/** @returns undefined if it is none */
export function decodeHello(payload: Uint8Array): Hello | undefined {
  const { session, role } = decodeFields(payload) ?? {};
  if (typeof session !== 'string' || !/^[0-9a-f]{32}$/.test(session)) return undefined;
  return role === 'main' || role === 'status' ? { session, role } : undefined;
}
