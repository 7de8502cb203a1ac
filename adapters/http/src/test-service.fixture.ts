import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What the service does with a request, by the first word of its path. Everything else is told what it has asked. */
const handlers: Readonly<Record<string, Handler>> = {
  echo: (request, response) => void request.pipe(response),
  long: (request, response) => response.end('x'.repeat(Number(request.url?.split('/')[2]))),
  chunks: (_, response) => {
    response.setHeader('Trailer', 'X-Sum');
    response.write('one ');
    setImmediate(() => {
      response.write('two ');
      response.addTrailers({ 'X-Sum': '3' });
      response.end('three');
    });
  },
  nothing: (_, response) => response.writeHead(204).end(),
  unchanged: (_, response) => response.writeHead(304, { ETag: '"same"', 'Content-Length': 5 }).end(),
  early: (_, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('hinted');
  },
  last: (_, response) => response.setHeader('Connection', 'close').end('last'),
  events: (request, response) => {
    response.setHeader('Content-Type', 'text/event-stream');
    const count = Number(request.url?.split('/')[2]);
    for (let index = 0; index < count; index += 1) response.write(`data: ${index}\n\n`);
    response.write('#');
  },
  cut: (_, response) => {
    response.setHeader('Content-Length', 100);
    response.write('not a hundred', () => response.socket?.destroy());
  },
  spelling: (_, response) => {
    response.writeHead(200, 'Just Fine', ['X-One', 'a', 'x-TWO', 'b', 'X-One', 'c', 'Content-Length', '0']);
    response.end();
  },
};

/** A service made with `node:http`, deterministic but for dates. It keeps what it was asked. */
export class TestHttpService {
  readonly requests: string[] = [];
  /** Connections that it has taken so far. */
  connections = 0;
  address = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('connection', () => (this.connections += 1));
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#note(request);
      tunnel(request, socket, head);
    });
  }

  static async listen(): Promise<TestHttpService> {
    const service = new TestHttpService();
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    service.address = `127.0.0.1:${(service.#server.address() as AddressInfo).port}`;
    return service;
  }

  /** Breaks connections that have no request, as after a time in which there was none. */
  closeIdleConnections(): void {
    this.#server.closeIdleConnections();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => setImmediate(resolve));
  }

  #note({ method, url }: IncomingMessage): void {
    this.requests.push(`${method} ${url}`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#note(request);
    const handler = handlers[request.url?.split('/')[1] ?? ''];
    if (handler !== undefined) return handler(request, response);
    let bytes = 0;
    request.on('data', (part: Buffer) => (bytes += part.byteLength));
    request.on('end', () => {
      const { method, url, rawHeaders, rawTrailers } = request;
      response.end(JSON.stringify({ method, url, rawHeaders, rawTrailers, bytes }));
    });
  }
}

/** Speaks another protocol, which gives back what it is given in upper case; or does not want to. */
function tunnel({ url, headers }: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => undefined);
  if (url?.startsWith('/refuse') === true) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno');
    return;
  }
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${headers.upgrade}\r\nConnection: Upgrade\r\n\r\nready;`);
  const shout = (bytes: Buffer): void => void socket.write(bytes.toString('latin1').toUpperCase());
  if (head.byteLength > 0) shout(head);
  socket.on('data', shout);
  socket.on('end', () => socket.end('bye;'));
}
