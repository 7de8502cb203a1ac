import type { HeaderFields } from './header-fields.js';
import { MessageRefused } from './refusal.js';

/** How the end of a message's body is known. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  /** In chunks, and then perhaps trailers. */
  | { readonly kind: 'chunked' }
  /** By the end of the connection. Only of responses. */
  | { readonly kind: 'until-close' }
  /** Not a body, but another protocol from here on. Only of responses with the status 101. */
  | { readonly kind: 'tunnel' };

/** 15 digits are a number that is exact, and a petabyte. */
const lengthPattern = /^\d{1,15}$/;

/**
 * What the fields say of the body, or undefined if they say nothing.
 *
 * @param minorVersion of HTTP/1
 * @throws MessageRefused if two readers could understand it in two ways
 */
export function readFraming(fields: HeaderFields, minorVersion: 0 | 1): Framing | undefined {
  const lengths = fields.valuesOf('content-length');
  if (!fields.has('transfer-encoding')) return lengths.length === 0 ? undefined : readLength(lengths);
  if (lengths.length > 0) throw new MessageRefused(400, 'there are both Content-Length and Transfer-Encoding');
  if (minorVersion === 0) throw new MessageRefused(400, 'HTTP/1.0 knows no Transfer-Encoding');
  const codings = fields.listOf('transfer-encoding');
  const chunkings = codings.filter((coding) => coding === 'chunked').length;
  if (chunkings > 1) throw new MessageRefused(400, 'the body is chunked twice');
  if (codings.at(-1) !== 'chunked') throw new MessageRefused(400, 'the last Transfer-Encoding is not chunked');
  if (codings.length > 1) throw new MessageRefused(501, 'there is a Transfer-Encoding besides chunked');
  return { kind: 'chunked' };
}

function readLength(values: readonly string[]): Framing {
  const [value = ''] = values;
  if (values.length > 1) throw new MessageRefused(400, 'Content-Length is repeated');
  if (!lengthPattern.test(value)) throw new MessageRefused(400, 'Content-Length is no number of bytes');
  const length = Number(value);
  return length === 0 ? { kind: 'none' } : { kind: 'length', length };
}
