import type { UpgradeRequest } from '@lockstep/adapter-http';
import { subprotocol } from 'ws';
import { negotiateDeflate, type Deflate } from './deflate.js';
import { endToEndHeaders, headerValues } from './handshake-headers.js';
import type { WebSocketOptions } from './options.js';
import type { HandshakeRequest } from './units.js';
import './ws-parts.js';

/** What a request for a WebSocket comes to. */
export type ReadUpgrade =
  /** It is not for this adapter. */
  | { readonly kind: 'other' }
  | {
      readonly kind: 'handshake';
      readonly request: HandshakeRequest;
      readonly key: string;
      readonly deflate: Deflate | undefined;
    }
  /** It is refused here; the service does not hear of it. */
  | { readonly kind: 'refused'; readonly status: 400 | 405 | 426; readonly reason: string };

const keyPattern = /^[+/0-9A-Za-z]{22}==$/;

/** The only version of the protocol that there is. */
export const protocolVersion = '13';

/** Looks at a request for an upgrade by the rules of RFC 6455, section 4.2.1. */
export function readUpgrade(
  { method, target, rawHeaders }: UpgradeRequest,
  { compression, payloadBytesMax }: Pick<WebSocketOptions, 'compression' | 'payloadBytesMax'>,
): ReadUpgrade {
  const asked = headerValues(rawHeaders, 'upgrade').join(',').toLowerCase();
  if (!asked.split(',').some((name) => name.trim() === 'websocket')) return { kind: 'other' };
  if (asked !== 'websocket') return refused(400, 'Upgrade names more than websocket');
  if (method !== 'GET') return refused(405, 'The method of a WebSocket is GET');
  const versions = headerValues(rawHeaders, 'sec-websocket-version');
  if (versions.join() !== protocolVersion) return refused(426, 'Sec-WebSocket-Version is not 13');
  const [key = '', ...otherKeys] = headerValues(rawHeaders, 'sec-websocket-key');
  if (!keyPattern.test(key) || otherKeys.length > 0) {
    return refused(400, 'Sec-WebSocket-Key is not 16 bytes in base64');
  }
  const protocols = headerValues(rawHeaders, 'sec-websocket-protocol');
  if (protocols.length > 0 && !parses(() => subprotocol.parse(protocols.join(', ')))) {
    return refused(400, 'Sec-WebSocket-Protocol is no list of names');
  }
  const request = { target, rawHeaders: endToEndHeaders(rawHeaders) };
  try {
    const offers = compression ? headerValues(rawHeaders, 'sec-websocket-extensions') : [];
    return { kind: 'handshake', request, key, deflate: negotiateDeflate(offers, payloadBytesMax) };
  } catch {
    return refused(400, 'Sec-WebSocket-Extensions cannot be understood');
  }
}

function refused(status: 400 | 405 | 426, reason: string): ReadUpgrade {
  return { kind: 'refused', status, reason };
}

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
