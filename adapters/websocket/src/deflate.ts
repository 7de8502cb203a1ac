import { extension, PerMessageDeflate } from 'ws';
import './ws-parts.js';

/** The compression that a client and the client interceptor have agreed on. */
export interface Deflate {
  readonly perMessageDeflate: PerMessageDeflate;
  /** The value of `Sec-WebSocket-Extensions` in the answer. */
  readonly header: string;
}

/**
 * Agrees to the first offer of `permessage-deflate`. Nothing is kept between messages, so that an idle connection costs no
 * memory for it.
 *
 * @param offers the values of `Sec-WebSocket-Extensions`
 * @param payloadBytesMax how long a message may be when it is inflated
 * @returns undefined if it is not offered
 * @throws Error if the offers make no sense
 */
export function negotiateDeflate(offers: readonly string[], payloadBytesMax: number): Deflate | undefined {
  if (offers.length === 0) return undefined;
  const { [PerMessageDeflate.extensionName]: offer } = extension.parse(offers.join(', '));
  if (offer === undefined) return undefined;
  const perMessageDeflate = new PerMessageDeflate({
    isServer: true,
    maxPayload: payloadBytesMax,
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
  });
  const parameters = perMessageDeflate.accept(offer);
  return { perMessageDeflate, header: extension.format({ [PerMessageDeflate.extensionName]: [parameters] }) };
}
