import type { Channel, Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { parseAddress } from '@lockstep/sockets';
import { RecordingLogger } from '@lockstep/testkit';
import { HttpClientFace } from './client/http-client-face.js';
import type { UpgradeHook } from './client/upgrade-hook.js';
import { parseOptions } from './options.js';
import { HttpServiceFace, type HttpServiceTerms } from './service/http-service-face.js';

const windowBytes = 256 * 1024;

/** What a test says of a relay; the rest is as by default. */
export interface RelaySettings {
  readonly service: string;
  readonly listen?: string;
  readonly terms?: Partial<HttpServiceTerms>;
  readonly options?: object;
  readonly onUpgrade?: UpgradeHook;
}

/** One direction of a connection through both faces: what `source` tells goes to `target`. */
class Direction implements ServiceChannelHandler {
  /** The other direction: it sends what this one's source takes. */
  reverse: Direction | undefined;
  readonly segments: Segment[] = [];
  readonly #source: Channel;
  readonly #target: Channel;
  readonly #onClosed: () => void;
  #sentBytes = 0;
  /** Of each segment that is not taken: the units sent up to its end, and its bytes. */
  readonly #untaken: { readonly throughUnits: number; readonly bytes: number }[] = [];
  #sentUnits = 0;

  constructor(source: Channel, target: Channel, onClosed: () => void) {
    this.#source = source;
    this.#target = target;
    this.#onClosed = onClosed;
  }

  onSegment(segment: Segment): void {
    this.segments.push(segment);
    this.#sentUnits += segment.length;
    this.#sentBytes += segment.payload.byteLength;
    this.#untaken.push({ throughUnits: this.#sentUnits, bytes: segment.payload.byteLength });
    this.#target.send(segment);
    if (this.#sentBytes > windowBytes) this.#source.pause();
  }

  onEnd(): void {
    this.#target.end();
  }

  onReset(): void {
    this.#target.reset();
  }

  onTaken(units: number): void {
    this.reverse?.noteTaken(units);
  }

  noteTaken(units: number): void {
    for (let [first] = this.#untaken; first !== undefined && first.throughUnits <= units; [first] = this.#untaken) {
      this.#untaken.shift();
      this.#sentBytes -= first.bytes;
    }
    if (this.#sentBytes <= windowBytes) this.#source.resume();
  }

  onOpen(): void {}

  onIdle(): void {}

  onClosed(): void {
    this.#onClosed();
  }
}

/** A virtual connection of a relay. */
export interface RelayedConnection {
  readonly service: ServiceChannel;
  /** What the client face has told. */
  readonly requests: readonly Segment[];
  readonly responses: readonly Segment[];
}

/** Both faces back to back, with nothing in between. */
export class Relay {
  readonly logger = new RecordingLogger();
  readonly connections: RelayedConnection[] = [];
  /** Channels that are not closed yet, of both faces. */
  openChannels = 0;
  readonly #clientFace: HttpClientFace;
  readonly #serviceFace: HttpServiceFace;

  constructor({ service, listen = '127.0.0.1:0', terms, options = {}, onUpgrade }: RelaySettings) {
    const parsed = parseOptions(options);
    this.#clientFace = new HttpClientFace(parseAddress(listen)!, parsed, this.logger, onUpgrade);
    const all: HttpServiceTerms = { gate: 'reply', connections: 'dedicated', ...terms };
    this.#serviceFace = new HttpServiceFace(parseAddress(service)!, parsed, all);
  }

  listen(): Promise<string> {
    return this.#clientFace.listen((client) => this.#connect(client));
  }

  async close(): Promise<void> {
    await this.#clientFace.close();
    this.#serviceFace.close();
  }

  #connect(client: Channel): void {
    const service = this.#serviceFace.connect();
    const onClosed = (): void => {
      this.openChannels -= 1;
    };
    const inwards = new Direction(client, service, onClosed);
    const outwards = new Direction(service, client, onClosed);
    inwards.reverse = outwards;
    outwards.reverse = inwards;
    this.openChannels += 2;
    this.connections.push({ service, requests: inwards.segments, responses: outwards.segments });
    client.bind(inwards);
    service.bind(outwards);
  }
}
