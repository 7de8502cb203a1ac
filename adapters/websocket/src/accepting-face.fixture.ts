import type { ClientFace } from '@lockstep/contracts';
import { RecordingLogger, until } from '@lockstep/testkit';
import { createClientFace } from './conversations.fixture.js';
import { handshakeOf, RawClient } from './raw-client.fixture.js';
import { UnitRecorder } from './unit-recorder.fixture.js';

/** A client of which every byte is ours, and the virtual connection that it has become. */
export interface Conversing {
  readonly client: RawClient;
  readonly connection: UnitRecorder;
}

/** A client face that listens, with nothing behind it but what a test says. */
export class AcceptingFace {
  /** One for each virtual connection, in their order. */
  readonly connections: UnitRecorder[] = [];
  readonly logger = new RecordingLogger();
  readonly #face: ClientFace;
  readonly #clients: RawClient[] = [];
  #address = '';

  constructor(options: unknown = {}) {
    this.#face = createClientFace(options, this.logger);
  }

  async listen(): Promise<string> {
    this.#address = await this.#face.listen((channel) => this.connections.push(new UnitRecorder(channel)));
    return this.#address;
  }

  /** Connects a client that begins with these bytes, whatever becomes of it. */
  async connect(bytes: Uint8Array): Promise<RawClient> {
    const client = await RawClient.open(this.#address, bytes);
    this.#clients.push(client);
    return client;
  }

  /** Connects a client whose handshake is left unanswered. */
  async ask(headers: readonly string[] = []): Promise<Conversing> {
    const count = this.connections.length;
    const client = await this.connect(handshakeOf(headers));
    await until('the handshake has come', () => (this.connections[count]?.units.length ?? 0) > 0);
    const connection = this.connections[count];
    if (connection === undefined) throw new Error('nothing has come');
    return { client, connection };
  }

  /** Connects a client, and accepts its handshake as a service would. */
  async converse(headers: readonly string[] = []): Promise<Conversing> {
    const conversing = await this.ask(headers);
    conversing.connection.send({ kind: 'accepted', rawHeaders: [] });
    await conversing.client.untilAnswered();
    return conversing;
  }

  /** Ends everything, and waits until all of it is freed. */
  async close(): Promise<void> {
    for (const { peer } of this.#clients) peer.reset();
    for (const { channel } of this.connections) channel.reset();
    await until('everything is closed', () => this.connections.every(({ events }) => events.at(-1) === 'closed'));
    await this.#face.close();
  }
}
