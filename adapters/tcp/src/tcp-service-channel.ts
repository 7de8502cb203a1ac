import type { ChannelHandler, Segment, ServiceChannel, ServiceChannelHandler } from '@lockstep/contracts';
import { type ByteSocket, connectError } from '@lockstep/sockets';
import { ConsumedGate } from './consumed-gate.js';
import type { SocketTables } from './socket-tables.js';
import { TcpChannel } from './tcp-channel.js';

/** What a service channel needs for the gate `consumed`. */
export interface ConsumedGateOptions {
  /** How long the service must stay quiet, in milliseconds. */
  readonly quietMs: number;
  /** How many bytes the service takes with one read, if they are there. */
  readonly readBytes: number;
  readonly tables: SocketTables;
}

/** A connection to the service, with the gate `consumed` or with none. */
export class TcpServiceChannel implements ServiceChannel, ChannelHandler {
  readonly #socket: ByteSocket;
  readonly #channel: TcpChannel;
  readonly #address: string;
  readonly #gate: ConsumedGate | undefined;
  #handler: ServiceChannelHandler | undefined;
  #opened = false;
  /** Nothing more is sent: ended, broken or closed. */
  #ended = false;
  #wasReset = false;
  #sentUnits = 0;
  #takenUnits = 0;

  /**
   * @param socket connecting
   * @param canReset whether the socket's protocol knows a reset
   * @param address of the service, for errors
   * @param gate undefined for the gate `none`
   */
  constructor(socket: ByteSocket, canReset: boolean, address: string, gate: ConsumedGateOptions | undefined) {
    this.#socket = socket;
    this.#channel = new TcpChannel(socket, canReset);
    this.#address = address;
    this.#gate =
      gate &&
      new ConsumedGate(gate, {
        look: () => gate.tables.look(socket.stream),
        onIdle: () => this.#handler?.onIdle(),
      });
  }

  get busy(): boolean {
    return this.#gate?.busy ?? false;
  }

  bind(handler: ServiceChannelHandler): void {
    this.#handler = handler;
    this.#socket.stream.once('connect', () => {
      if (this.#wasReset) return;
      this.#opened = true;
      handler.onOpen();
    });
    this.#channel.bind(this);
  }

  send(segment: Segment): void {
    if (this.#ended || segment.length === 0) return;
    this.#sentUnits += segment.length;
    this.#gate?.sent(segment.length);
    this.#channel.send(segment);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#gate?.sent(0);
    this.#channel.end();
    this.#noteTaken();
  }

  reset(): void {
    this.#ended = true;
    this.#wasReset = true;
    this.#gate?.close();
    this.#channel.reset();
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }

  onSegment(segment: Segment): void {
    this.#handler?.onSegment(segment);
    this.#gate?.answered();
  }

  onEnd(): void {
    this.#handler?.onEnd();
    this.#gate?.answered();
  }

  onTaken(units: number): void {
    this.#takenUnits = units;
    this.#handler?.onTaken(units);
    this.#noteTaken();
  }

  onReset(reason: Error, fault: 'peer' | 'local'): void {
    this.#ended = true;
    this.#gate?.close();
    this.#handler?.onReset(this.#opened ? reason : connectError(reason, this.#address), fault);
  }

  onClosed(): void {
    this.#ended = true;
    this.#gate?.close();
    this.#handler?.onClosed();
  }

  #noteTaken(): void {
    if (this.#takenUnits === this.#sentUnits) this.#gate?.taken();
  }
}
