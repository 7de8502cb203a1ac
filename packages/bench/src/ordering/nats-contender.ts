import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Latency } from '../measure/latency.js';
import { NatsCluster, natsObstacle, natsServer, subject } from '../nats/nats-cluster.js';
import { readVersion } from '../programs/installed-program.js';
import { runClosedLoop } from './closed-loop.js';
import type { Contender, ContenderGroup, Load, Throughput } from './contender.js';

const inFlight = 1000;

/** NATS JetStream with three replicas in memory; an entry is done when its publisher has the acknowledgement of the quorum. */
export const natsContender: Contender = {
  name: 'NATS JetStream R3',
  obstacle: natsObstacle,
  describe: async () =>
    `nats-server ${await readVersion(natsServer!, '--version')}, memory storage, one client with ${inFlight} in flight`,
  start: async (folder) => {
    const cluster = await NatsCluster.start(folder);
    try {
      const { connection } = await cluster.connect();
      return new NatsGroup(cluster, connection);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  },
};

class NatsGroup implements ContenderGroup {
  readonly #cluster: NatsCluster;
  readonly #connection: NatsConnection;

  constructor(cluster: NatsCluster, connection: NatsConnection) {
    this.#cluster = cluster;
    this.#connection = connection;
  }

  fullWindow(load: Load): Promise<Throughput> {
    return this.#publish(inFlight, load);
  }

  async oneInFlight(load: Load): Promise<ReadonlyMap<string, Latency>> {
    return new Map([['', (await this.#publish(1, load)).latency]]);
  }

  async stop(): Promise<void> {
    await this.#connection.close();
    await this.#cluster.stop();
  }

  #publish(count: number, load: Load): ReturnType<typeof runClosedLoop> {
    const stream = jetstream(this.#connection);
    const entry = new Uint8Array(load.entryBytes);
    const pids = [process.pid, ...this.#cluster.pids];
    return runClosedLoop(() => stream.publish(subject, entry), count, load, pids);
  }
}
