import { createServer, METHODS, type Server } from 'node:http';
import { Duplex } from 'node:stream';
import { turns } from '@lockstep/testkit';
import { expect } from 'chai';
import fc from 'fast-check';
import { arbitraryRequests, cut } from './arbitrary-messages.fixture.js';
import { MessageReader } from './message-reader.js';
import { readRequestHead, type RequestHead } from './request-head.js';

/** What two readers have to agree about. */
interface ReadRequest {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly rawHeaders: readonly string[];
  body: string;
  isWhole: boolean;
}

/** The parser of Node, llhttp, as it is by default: strict. */
class NodeReader {
  readonly requests: ReadRequest[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer({ insecureHTTPParser: false }, (request, response) => {
      const { method, url, rawHeaders } = request;
      const read: ReadRequest = { method, target: url, rawHeaders, body: '', isWhole: false };
      this.requests.push(read);
      request.setEncoding('latin1').on('data', (text: string) => (read.body += text));
      request.on('end', () => {
        read.isWhole = true;
        response.end();
      });
    });
    // What came before is read to its end, whatever becomes of the connection.
    this.#server.on('clientError', () => undefined);
    this.#server.on('checkExpectation', (request, response) => this.#server.emit('request', request, response));
  }

  async read(text: string): Promise<void> {
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done: () => void) => done() });
    socket.on('error', () => undefined);
    this.#server.emit('connection', socket);
    socket.push(Buffer.from(text, 'latin1'));
    await turns(4);
    socket.destroy();
    this.#server.closeAllConnections();
  }
}

/** Ours; only what is whole is passed on. */
function readRequests(text: string): ReadRequest[] {
  const requests: ReadRequest[] = [];
  let closes = false;
  const reader = new MessageReader<RequestHead>(readRequestHead, { maxHeadBytes: 16_384, maxHeaders: 100 });
  for (const event of cut(text, []).flatMap((chunk) => reader.push(chunk))) {
    const present = requests.at(-1);
    if (event.kind === 'head') {
      const { method, target, rawHeaders } = event.head;
      closes = event.head.closes;
      requests.push({ method, target, rawHeaders, body: '', isWhole: false });
    } else if (present !== undefined && event.kind === 'body') {
      present.body += Buffer.from(event.payload).toString('latin1');
    } else if (present !== undefined && event.kind === 'end') {
      present.isWhole = true;
      // Behind the last request of a connection nobody reads any further.
      if (closes) break;
    }
  }
  return requests.filter(({ isWhole }) => isWhole);
}

describe('our reader and that of Node', () => {
  it('understand the same by every request that ours lets through', async () => {
    let compared = 0;
    const property = fc.asyncProperty(arbitraryRequests, async (text) => {
      const node = new NodeReader();
      await node.read(text);
      const all = readRequests(text);
      // Any token may be a method; Node stops at those that it has never heard of.
      const unheardOf = all.findIndex(({ method = '' }) => !METHODS.includes(method));
      const ours = unheardOf === -1 ? all : all.slice(0, unheardOf);
      expect(node.requests.slice(0, ours.length)).to.deep.equal(ours);
      compared += ours.length;
    });
    await fc.assert(property, { numRuns: 400 });
    expect(compared, 'requests that were compared').to.be.greaterThan(100);
  });
});
