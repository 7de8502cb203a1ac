import type { Channel, Segment, ServiceChannelHandler } from '@lockstep/contracts';
import { parseAddress } from '@lockstep/sockets';
import { RecordingLogger } from '@lockstep/testkit';
import { TcpClientFace } from './tcp-client-face.js';
import { TcpServiceFace } from './tcp-service-face.js';

const windowBytes = 256 * 1024;

/** One direction of a connection through both faces: what `source` tells goes to `target`. */
class Direction implements ServiceChannelHandler {
  readonly #source: Channel;
  readonly #target: Channel;
  readonly #onClosed: () => void;
  /** The other direction: it sends what this one's source takes. */
  reverse: Direction | undefined;
  #sentUnits = 0;
  #takenUnits = 0;

  constructor(source: Channel, target: Channel, onClosed: () => void) {
    this.#source = source;
    this.#target = target;
    this.#onClosed = onClosed;
  }

  onSegment(segment: Segment): void {
    this.#sentUnits += segment.length;
    this.#target.send(segment);
    if (this.#sentUnits - this.#takenUnits > windowBytes) this.#source.pause();
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
    this.#takenUnits = units;
    if (this.#sentUnits - units <= windowBytes) this.#source.resume();
  }

  onOpen(): void {}

  onIdle(): void {}

  onClosed(): void {
    this.#onClosed();
  }
}

/** Both faces back to back, with nothing in between: what a client does is what the service is to see. */
export class Relay {
  readonly #clientFace: TcpClientFace;
  readonly #serviceFace: TcpServiceFace;
  /** Channels that are not closed yet, of both faces. */
  openChannels = 0;

  constructor(serviceAddress: string, listenAddress = '127.0.0.1:0') {
    this.#clientFace = new TcpClientFace(parseAddress(listenAddress)!, new RecordingLogger());
    this.#serviceFace = new TcpServiceFace(parseAddress(serviceAddress)!, {
      gate: 'consumed',
      quietMs: 5,
      readBytes: 1024,
    });
  }

  listen(): Promise<string> {
    return this.#clientFace.listen((client) => this.#connect(client));
  }

  close(): Promise<void> {
    return this.#clientFace.close();
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
    client.bind(inwards);
    service.bind(outwards);
  }
}
