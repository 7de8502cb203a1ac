import type { ClientFace, ServiceFace } from '@lockstep/contracts';
import type { ConnectionKey, ServiceOperation } from '@lockstep/core/protocol';
import { Random } from '../../simulator/base/random.js';
import type { Disturbances } from './disturbances.js';
import { RelayReplica } from './relay-replica.js';
import { RelayedConnection } from './relayed-connection.js';
import { WatchedChannel } from './watched-channel.js';

/**
 * Stands in for the virtual communication layer, in one process: what clients send is given to every replica in one
 * order, and what the replicas answer is numbered, compared, and given to the client once, from one replica or another.
 * On the way it is delayed, cut, joined and held back, as chance wants it.
 */
export class Relay {
  /** Breaches of the contract, in words; stays empty. */
  readonly breaches: string[] = [];
  readonly #clientFace: ClientFace;
  readonly #disturbances: Disturbances;
  readonly #random: Random;
  readonly #replicas: readonly RelayReplica[];
  readonly #connections = new Map<ConnectionKey, RelayedConnection>();
  readonly #clientChannels: WatchedChannel[] = [];
  #isPumping = false;
  #isClosed = false;

  /**
   * @param serviceFaces one for each replica
   * @param seed what chance wants
   */
  constructor(clientFace: ClientFace, serviceFaces: readonly ServiceFace[], disturbances: Disturbances, seed: number) {
    this.#clientFace = clientFace;
    this.#disturbances = disturbances;
    this.#random = new Random(seed, 'relay');
    this.#replicas = serviceFaces.map((face, index) => {
      const name = `replica ${String.fromCharCode('a'.charCodeAt(0) + index)}`;
      return new RelayReplica(
        name,
        face,
        disturbances,
        this.#random.fork(name),
        (key) => this.#connections.get(key)?.handlerOf(index),
        (breach) => this.breaches.push(`the service face of ${name}: ${breach}`),
      );
    });
  }

  /** How often the output of a connection was continued with that of another replica. */
  get cutovers(): number {
    return this.#all.reduce((sum, { cutovers }) => sum + cutovers, 0);
  }

  /** Connections that clients have made. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Everything is over and freed: no channel is open on either side. */
  get isFreed(): boolean {
    return (
      this.#all.every(({ isOver }) => isOver) &&
      this.#clientChannels.every(({ isClosed }) => isClosed) &&
      this.#replicas.every(({ channels }) => channels.every(({ isClosed }) => isClosed))
    );
  }

  /** How everything stands that is not over, for an error. */
  get description(): string {
    const open = this.#all.filter(({ isOver }) => !isOver).map(({ description }) => description);
    const client = this.#clientChannels.filter(({ isClosed }) => !isClosed).length;
    const service = this.#replicas.map(({ name, channels }) => {
      return `${name} ${channels.filter(({ isClosed }) => !isClosed).length}`;
    });
    return [`open channels: clients ${client}, ${service.join(', ')}`, ...open].join('\n  ');
  }

  /** In words, how the outputs of the replicas differ where they may not. */
  get differences(): string[] {
    return this.#all.map((connection) => connection.difference()).filter((difference) => difference !== undefined);
  }

  get #all(): RelayedConnection[] {
    return [...this.#connections.values()];
  }

  /** @returns the address that the client face listens on */
  listen(): Promise<string> {
    return this.#clientFace.listen((channel) => {
      const watched = new WatchedChannel(channel, (breach) => this.breaches.push(`the client face: ${breach}`));
      this.#clientChannels.push(watched);
      this.#connect(watched);
    });
  }

  /** Stops listening, breaks what is open, and closes the faces. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#clientFace.close();
    for (const channel of this.#clientChannels) if (!channel.isClosed) channel.reset();
    for (const replica of this.#replicas) replica.stop();
  }

  #connect(channel: WatchedChannel): void {
    const key = `client:${this.#connections.size + 1}` as ConnectionKey;
    const connection = new RelayedConnection({
      key,
      channel,
      replicas: this.#replicas,
      disturbances: this.#disturbances,
      random: this.#random.fork(key),
      order: (operation) => this.#order(operation),
      report: (breach) => this.breaches.push(breach),
    });
    this.#connections.set(key, connection);
    channel.bind(connection);
    this.#pumpSoon();
  }

  #order(operation: ServiceOperation): void {
    for (const replica of this.#replicas) replica.order(operation);
    this.#pumpSoon();
  }

  #pumpSoon(): void {
    if (this.#isPumping || this.#isClosed) return;
    this.#isPumping = true;
    setImmediate(this.#pump);
  }

  readonly #pump = (): void => {
    this.#isPumping = false;
    if (this.#isClosed) return;
    for (const connection of this.#connections.values()) connection.pump();
    for (const replica of this.#replicas) replica.pump();
    const isSettled = this.#replicas.every((replica) => replica.isSettled) && this.#all.every(({ isOver }) => isOver);
    if (!isSettled) this.#pumpSoon();
  };
}
