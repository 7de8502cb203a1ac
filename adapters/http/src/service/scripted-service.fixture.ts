import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Segment, ServiceChannel } from '@lockstep/contracts';
import { parseAddress } from '@lockstep/sockets';
import { until } from '@lockstep/testkit';
import { HeaderFields } from '../message/header-fields.js';
import { readRequestHead } from '../message/request-head.js';
import { readResponseHead } from '../message/response-head.js';
import { parseOptions } from '../options.js';
import { RecordedChannel } from '../recorded-channel.fixture.js';
import { encodeRequestHead, encodeResponseHead } from '../units/unit-codec.js';
import { HttpServiceFace, type HttpServiceTerms } from './http-service-face.js';

/** The unit of a request's head. */
export function head(startLine: string, ...lines: readonly string[]): Segment {
  const fields = new HeaderFields();
  for (const line of ['Host: test', ...lines]) fields.addLine(line);
  const read = readRequestHead(`${startLine} HTTP/1.1`, fields);
  return encodeRequestHead(read, read.upgrade || read.asksForEvents || read.expectsContinue);
}

/** The unit of a response's head. */
export function responseHead(startLine: string, ...lines: readonly string[]): Segment {
  const fields = new HeaderFields();
  for (const line of lines) fields.addLine(line);
  const read = readResponseHead(startLine, fields, { bodiless: false, upgrade: startLine.includes('101') });
  return encodeResponseHead(read, read.closes);
}

export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A connection at the service: what it was asked, as it came. */
export class Asked {
  text = '';
  isOver = false;
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.text += text));
    socket.on('error', () => undefined).on('close', () => (this.isOver = true));
  }

  /** The paths of the requests that came on it. */
  get paths(): readonly string[] {
    return [...this.text.matchAll(/^[A-Z]+ (\S+) HTTP\/1\.1\r$/gm)].map(([, path]) => path ?? '');
  }

  async untilAsked(...paths: readonly string[]): Promise<void> {
    await until(`it is asked for ${paths.join(', ')}`, () => this.paths.join() === paths.join());
  }
}

/** A service that a test answers for, and a face in front of it. */
export class ScriptedService {
  readonly connections: Asked[] = [];
  readonly channels: RecordedChannel<ServiceChannel>[] = [];
  readonly face: HttpServiceFace;
  readonly #server: Server;

  private constructor(server: Server, terms: Partial<HttpServiceTerms>, options: object) {
    this.#server = server;
    server.on('connection', (socket: Socket) => this.connections.push(new Asked(socket)));
    const address = parseAddress(`127.0.0.1:${(server.address() as AddressInfo).port}`)!;
    this.face = new HttpServiceFace(address, parseOptions(options), {
      gate: 'reply',
      connections: 'dedicated',
      ...terms,
    });
  }

  static async start(terms: Partial<HttpServiceTerms> = {}, options: object = {}): Promise<ScriptedService> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedService(server, terms, options);
  }

  connect(): RecordedChannel<ServiceChannel> {
    const channel = new RecordedChannel(this.face.connect());
    this.channels.push(channel);
    return channel;
  }

  /** The connection of this number, from 0, once it is there. */
  async connection(index: number): Promise<Asked> {
    await until(`connection ${index} is there`, () => this.connections.length > index);
    return this.connections[index]!;
  }

  /** Listens no more. */
  async stop(): Promise<void> {
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Ends everything. @throws Error if something stays open */
  async close(): Promise<void> {
    for (const channel of this.channels) if (!channel.isOver) channel.channel.reset();
    await until('all channels are closed', () => this.channels.every(({ isClosed }) => isClosed));
    this.face.close();
    for (const { socket } of this.connections) socket.destroy();
    await this.stop();
  }
}
