import { readFraming, type Framing } from './framing.js';
import type { HeaderFields } from './header-fields.js';
import { readConnectionTerms } from './hop-by-hop.js';
import { MessageRefused } from './refusal.js';

/** The head of a response, checked. */
export interface ResponseHead {
  readonly status: number;
  readonly framing: Framing;
  /** Another response follows to the same request. */
  readonly informational: boolean;
  /** The service closes the connection behind this response. */
  readonly closes: boolean;
  /** It offers another protocol, or changes to it. */
  readonly upgrade: boolean;
  /** It is a stream of events, which has no end. */
  readonly isEventStream: boolean;
  /** In canonical form, without what is about the connection and without the empty line. */
  readonly text: string;
}

/** What has to be known of a request to read the response to it. */
export interface ResponseExpectation {
  /** The request was a HEAD. */
  readonly bodiless: boolean;
  readonly upgrade: boolean;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const noFraming: Framing = { kind: 'none' };

/**
 * Reads the head of a response.
 *
 * @throws MessageRefused if it is none, or one that can be understood in two ways
 */
export function readResponseHead(startLine: string, fields: HeaderFields, expected: ResponseExpectation): ResponseHead {
  const [, minor, digits, reason = ''] = statusLine.exec(startLine) ?? [];
  if (digits === undefined) throw new MessageRefused(400, 'the status line is malformed');
  const status = Number(digits);
  if (status === 101 && !expected.upgrade) throw new MessageRefused(400, 'the protocol changes unasked');
  const terms = readConnectionTerms(fields);
  const framing = bodyOf(status, expected) ?? readFraming(fields, minor === '1' ? 1 : 0) ?? { kind: 'until-close' };
  return {
    status,
    framing,
    informational: status < 200 && status !== 101,
    closes: terms.close || framing.kind === 'until-close' || (minor === '0' && !terms.keepAlive),
    upgrade: terms.upgrade,
    isEventStream: fields.listOf('content-type').some((type) => type.startsWith('text/event-stream')),
    text: `HTTP/1.1 ${digits} ${reason}\r\n${terms.endToEnd}`,
  };
}

/** What the status and the request say of the body, whatever the fields say; undefined if it is up to the fields. */
function bodyOf(status: number, { bodiless }: ResponseExpectation): Framing | undefined {
  if (status === 101) return { kind: 'tunnel' };
  return bodiless || status < 200 || status === 204 || status === 304 ? noFraming : undefined;
}
