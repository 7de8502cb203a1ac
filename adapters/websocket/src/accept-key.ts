import { createHash } from 'node:crypto';

/** From RFC 6455, section 1.3. */
const suffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What `Sec-WebSocket-Accept` has to be for a `Sec-WebSocket-Key`. */
export function acceptKey(key: string): string {
  return createHash('sha1')
    .update(key + suffix)
    .digest('base64');
}
