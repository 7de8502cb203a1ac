import type { Segment } from '@lockstep/contracts';
import type { Framing } from '../message/framing.js';
import { formatChunk, formatLastChunk } from '../units/chunk-format.js';
import type { Unit } from '../units/unit.js';
import { decodeUnit } from '../units/unit-codec.js';

/** What has to be known of a request to write the response to it. */
export interface AwaitedResponse {
  readonly minorVersion: 0 | 1;
  /** The client has asked that the connection be closed behind it. */
  readonly closes: boolean;
  readonly upgrade: boolean;
}

/** What is to be written, and what it means. */
export interface WrittenUnit {
  /** Never empty. */
  readonly pieces: readonly Uint8Array[];
  /** What has come to its end: a response, behind which the connection is perhaps closed; or HTTP itself. */
  readonly finished?: 'response' | 'last-response' | 'http';
  /** A request for another protocol is answered with something else. */
  readonly declined?: true;
}

type ResponseHead = Extract<Unit, { kind: 'response-head' }>;

const nothing = Buffer.alloc(0);
const emptyLine = Buffer.from('\r\n', 'latin1');

/** Makes HTTP of the units of responses, for a client of either version. Pure. */
export class ResponseWriter {
  readonly #awaited: AwaitedResponse[] = [];
  /** The framing of the response that is being written, as the client gets it; undefined between responses. */
  #framing: Framing | undefined;
  #remaining = 0;
  #closes = false;

  /** A request is on its way to the service. */
  await(response: AwaitedResponse): void {
    this.#awaited.push(response);
  }

  /** How many responses are not written to their end. */
  get outstanding(): number {
    return this.#awaited.length;
  }

  /** Whether a part of a response has been written. */
  get isAmidResponse(): boolean {
    return this.#framing !== undefined;
  }

  /**
   * @returns the bytes for the next unit
   * @throws Error if it is none that can come now
   */
  write(segment: Segment): WrittenUnit {
    const unit = decodeUnit(segment);
    switch (unit.kind) {
      case 'response-head':
        return this.#writeHead(unit);
      case 'body':
        return this.#writeBody(unit.payload);
      case 'end':
        return this.#finish(this.#framing?.kind === 'chunked' ? formatLastChunk(unit.trailers) : [nothing]);
      case 'request-head':
        throw new Error('a request came where responses come');
    }
  }

  #writeHead(head: ResponseHead): WrittenUnit {
    const [awaited] = this.#awaited;
    if (awaited === undefined || this.#framing !== undefined) throw new Error('a response came that nobody waits for');
    if (head.informational) return { pieces: awaited.minorVersion === 0 ? [nothing] : [head.text, emptyLine] };
    // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
    const framing: Framing =
      head.framing.kind === 'chunked' && awaited.minorVersion === 0 ? { kind: 'until-close' } : head.framing;
    this.#closes = head.closes || awaited.closes || framing.kind === 'until-close';
    const pieces = [Buffer.concat([head.text, connectionFields(head, framing, awaited, this.#closes)])];
    this.#framing = framing;
    if (framing.kind === 'tunnel') return { pieces, finished: 'http' };
    this.#remaining = framing.kind === 'length' ? framing.length : 0;
    const written = framing.kind === 'none' ? this.#finish(pieces) : { pieces };
    return awaited.upgrade ? { ...written, declined: true } : written;
  }

  #writeBody(payload: Uint8Array): WrittenUnit {
    switch (this.#framing?.kind) {
      case 'length':
        this.#remaining -= payload.length;
        if (this.#remaining < 0) throw new Error('a body is longer than its head says');
        return this.#remaining === 0 ? this.#finish([payload]) : { pieces: [payload] };
      case 'chunked':
        return { pieces: formatChunk(payload) };
      case 'until-close':
      case 'tunnel':
        return { pieces: [payload] };
      case 'none':
      case undefined:
        throw new Error('a body came without a head');
    }
  }

  #finish(pieces: readonly Uint8Array[]): WrittenUnit {
    if (this.#framing === undefined) throw new Error('the end of a response came without its head');
    this.#framing = undefined;
    this.#awaited.shift();
    return { pieces, finished: this.#closes ? 'last-response' : 'response' };
  }
}

/** The fields that are about the client's connection, and the empty line. */
function connectionFields(
  head: ResponseHead,
  framing: Framing,
  { minorVersion }: AwaitedResponse,
  closes: boolean,
): Buffer {
  const options: string[] = [];
  if (head.upgrade) options.push('Upgrade');
  if (closes) options.push('close');
  else if (minorVersion === 0) options.push('keep-alive');
  const chunked = framing.kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : '';
  const connection = options.length > 0 ? `Connection: ${options.join(', ')}\r\n` : '';
  return Buffer.from(`${chunked}${connection}\r\n`, 'latin1');
}
