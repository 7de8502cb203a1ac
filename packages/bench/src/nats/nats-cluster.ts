import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { waitUntil } from '../measure/wait-until.js';
import { loopback } from '../network/host.js';
import { findFreePorts } from '../programs/free-ports.js';
import { findProgram } from '../programs/installed-program.js';
import { Program } from '../programs/program.js';

const serverCount = 3;
const formTimeoutMs = 60_000;
/** A client that has lost its server turns to another one after this time. */
const reconnectWaitMs = 50;

export const streamName = 'bench';
export const subject = 'bench.entry';

/** Its path, or undefined if it is not installed. */
export const natsServer = findProgram('nats-server');

export const natsObstacle = natsServer === undefined ? 'nats-server is not installed' : undefined;

/** Three servers with one stream in memory that all of them keep. */
export class NatsCluster {
  readonly #folder: string;
  readonly #ports: readonly number[];
  readonly #servers: Program[];

  private constructor(folder: string, ports: readonly number[]) {
    this.#folder = folder;
    this.#ports = ports;
    this.#servers = Array.from({ length: serverCount }, (_, index) => this.#start(index));
  }

  /** @param folder an empty folder, for logs and data */
  static async start(folder: string): Promise<NatsCluster> {
    return new NatsCluster(folder, await findFreePorts(2 * serverCount));
  }

  get pids(): number[] {
    return this.#servers.map(({ pid }) => pid);
  }

  /** Connects to any of the servers, and makes the stream. */
  async connect(): Promise<{ readonly connection: NatsConnection; readonly manager: JetStreamManager }> {
    const servers = this.#ports.slice(0, serverCount).map((port) => `127.0.0.1:${port}`);
    const connection = await waitUntil('NATS accepts clients', formTimeoutMs, () =>
      connect({ servers, reconnectTimeWait: reconnectWaitMs, maxReconnectAttempts: -1 }),
    );
    const manager = await waitUntil('JetStream answers', formTimeoutMs, () => jetstreamManager(connection));
    await waitUntil('JetStream makes a stream', formTimeoutMs, () =>
      manager.streams.add({
        name: streamName,
        subjects: [subject],
        num_replicas: serverCount,
        storage: 'memory',
        max_msgs: 100_000,
      }),
    );
    return { connection, manager };
  }

  /** @param name as the cluster calls it */
  async kill(name: string): Promise<void> {
    const server = this.#servers[indexOf(name)]!;
    server.kill();
    await server.ended;
  }

  restart(name: string): void {
    this.#servers[indexOf(name)] = this.#start(indexOf(name));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  #start(index: number): Program {
    const routePorts = this.#ports.slice(serverCount);
    const routes = routePorts.map((port) => `nats://127.0.0.1:${port}`).join(', ');
    const storeFolder = join(this.#folder, `store-${index}`);
    const configurationPath = join(this.#folder, `${index}.conf`);
    mkdirSync(storeFolder, { recursive: true });
    const lines = [
      `server_name: n${index}`,
      `listen: 127.0.0.1:${this.#ports[index]}`,
      `jetstream { store_dir: "${storeFolder}" }`,
      `cluster { name: bench, listen: 127.0.0.1:${routePorts[index]}, routes: [${routes}] }`,
    ];
    writeFileSync(configurationPath, `${lines.join('\n')}\n`);
    return new Program(loopback, [natsServer!, '-c', configurationPath], join(this.#folder, `${index}.log`));
  }
}

function indexOf(name: string): number {
  return Number(name.slice(1));
}
