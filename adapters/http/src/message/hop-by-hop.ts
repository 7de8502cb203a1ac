import type { HeaderFields } from './header-fields.js';
import { MessageRefused } from './refusal.js';

/** Fields that are about one connection, and not about the message. */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade']);

/** Fields that `Connection` must not make disappear: they say whom a message is for, and where it ends. */
const essential = new Set(['content-length', 'host']);

/** What `Connection` and the fields that belong to it say. */
export interface ConnectionTerms {
  readonly close: boolean;
  readonly keepAlive: boolean;
  /** Another protocol is asked for, or offered. The field `Upgrade` is end to end then. */
  readonly upgrade: boolean;
  /** `TE: trailers`. */
  readonly takesTrailers: boolean;
  /** The fields without those that are about the connection, as lines. */
  readonly endToEnd: string;
}

/**
 * Tells what is about the connection from what is about the message.
 *
 * @throws MessageRefused if `Connection` names a field that is about the message
 */
export function readConnectionTerms(fields: HeaderFields): ConnectionTerms {
  const named = fields.listOf('connection');
  const misnamed = named.find((name) => essential.has(name));
  if (misnamed !== undefined) throw new MessageRefused(400, `Connection names the field ${misnamed}`);
  const upgrade = named.includes('upgrade') && fields.has('upgrade');
  return {
    close: named.includes('close'),
    keepAlive: named.includes('keep-alive'),
    upgrade,
    takesTrailers: fields.listOf('te').includes('trailers'),
    endToEnd: fields.format((name) => {
      if (name === 'upgrade') return !upgrade;
      return hopByHop.has(name) || named.includes(name);
    }),
  };
}

/** Fields that would change how a message was understood if they came behind its body. */
const notInTrailers = new Set([
  ...hopByHop,
  ...essential,
  'authorization',
  'content-encoding',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'trailer',
]);

/** Whether a field must not stand among trailers. */
export function isForbiddenInTrailers(lowerCaseName: string): boolean {
  return notInTrailers.has(lowerCaseName);
}
