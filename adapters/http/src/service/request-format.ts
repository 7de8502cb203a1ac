import type { Unit } from '../units/unit.js';

/** The unit of a request's head. */
export type RequestHeadUnit = Extract<Unit, { kind: 'request-head' }>;

/** The head as the service gets it: canonical, with what is about our connection to the service. */
export function formatRequestHead({ text, framing, upgrade, takesTrailers }: RequestHeadUnit): Buffer {
  const options: string[] = [];
  if (upgrade) options.push('Upgrade');
  if (takesTrailers) options.push('TE');
  const fields = [
    framing.kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : '',
    takesTrailers ? 'TE: trailers\r\n' : '',
    options.length > 0 ? `Connection: ${options.join(', ')}\r\n` : '',
  ];
  return Buffer.concat([text, Buffer.from(`${fields.join('')}\r\n`, 'latin1')]);
}
