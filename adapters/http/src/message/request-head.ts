import { readFraming, type Framing } from './framing.js';
import type { HeaderFields } from './header-fields.js';
import { readConnectionTerms } from './hop-by-hop.js';
import { MessageRefused } from './refusal.js';

/** The head of a request, checked. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: 0 | 1;
  /** Names and values by turns, as they came. */
  readonly rawHeaders: readonly string[];
  readonly framing: Framing;
  /** The client closes the connection when it has the response. */
  readonly closes: boolean;
  /** The client waits for a 100 before it sends the body. */
  readonly expectsContinue: boolean;
  /** The client asks for another protocol: what comes behind is perhaps not HTTP. */
  readonly upgrade: boolean;
  readonly holdsReader: boolean;
  readonly takesTrailers: boolean;
  /** The client asks for a stream of events, which has no end. */
  readonly asksForEvents: boolean;
  /** In canonical form, without what is about the connection and without the empty line. */
  readonly text: string;
}

const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;
const absoluteTarget = /^https?:\/\/([^/?#]+)/i;
const hostPattern = /^[A-Za-z0-9\-._~!$&'()*+,;=%:[\]]*$/;

/**
 * Reads the head of a request.
 *
 * @throws MessageRefused if it is no request, or one that can be understood in two ways
 */
export function readRequestHead(startLine: string, fields: HeaderFields): RequestHead {
  const [, method, target, major, minor] = requestLine.exec(startLine) ?? [];
  if (method === undefined || target === undefined) throw new MessageRefused(400, 'the request line is malformed');
  if (major !== '1' || (minor !== '0' && minor !== '1')) {
    throw new MessageRefused(505, 'the version is neither HTTP/1.1 nor HTTP/1.0');
  }
  const minorVersion = minor === '1' ? 1 : 0;
  if (method === 'CONNECT') throw new MessageRefused(501, 'CONNECT is for proxies');
  const host = readHost(fields, minorVersion);
  checkTarget(method, target, host);
  const terms = readConnectionTerms(fields);
  const upgrade = minorVersion === 1 && terms.upgrade;
  return {
    method,
    target,
    minorVersion,
    rawHeaders: fields.raw,
    framing: readFraming(fields, minorVersion) ?? { kind: 'none' },
    closes: !upgrade && (terms.close || (minorVersion === 0 && !terms.keepAlive)),
    expectsContinue: minorVersion === 1 && fields.listOf('expect').includes('100-continue'),
    upgrade,
    holdsReader: upgrade,
    takesTrailers: terms.takesTrailers,
    asksForEvents: fields.listOf('accept').some((type) => type.startsWith('text/event-stream')),
    // HTTP/1.1 wants a Host even where nothing is known of it.
    text: `${method} ${target} HTTP/1.1\r\n${terms.endToEnd}${host === undefined ? 'Host: \r\n' : ''}`,
  };
}

function readHost(fields: HeaderFields, minorVersion: 0 | 1): string | undefined {
  const hosts = fields.valuesOf('host');
  if (hosts.length > 1) throw new MessageRefused(400, 'there is more than one Host');
  const [host] = hosts;
  if (host === undefined && minorVersion === 1) throw new MessageRefused(400, 'there is no Host');
  if (host !== undefined && !hostPattern.test(host)) throw new MessageRefused(400, 'Host is no name of a host');
  return host;
}

function checkTarget(method: string, target: string, host: string | undefined): void {
  if (target.startsWith('/') || (target === '*' && method === 'OPTIONS')) return;
  const authority = absoluteTarget.exec(target)?.[1];
  if (authority === undefined) throw new MessageRefused(400, 'the target of the request is malformed');
  if (host !== undefined && authority.toLowerCase() !== host.toLowerCase()) {
    throw new MessageRefused(400, 'the target of the request names another host than Host');
  }
}
