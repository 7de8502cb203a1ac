import { setTimeout as pause } from 'node:timers/promises';
import { jetstream, type JetStreamManager } from '@nats-io/jetstream';
import { Latency } from '../measure/latency.js';
import { waitUntil } from '../measure/wait-until.js';
import { NatsCluster, natsObstacle, natsServer, streamName, subject } from '../nats/nats-cluster.js';
import { readVersion } from '../programs/installed-program.js';
import type { FailoverPeer } from './failover-peer.js';

const attemptTimeoutMs = 100;
const recoveryTimeoutMs = 60_000;
/** For how long publishing must go well before the blow, and after it. */
const calmMs = 500;

/** The leader of a JetStream stream with three replicas is killed; its publisher tries again until it gets through. */
export const natsFailover: FailoverPeer = {
  name: 'NATS JetStream R3, leader',
  obstacle: natsObstacle,
  describe: async () =>
    `nats-server ${await readVersion(natsServer!, '--version')}, one client that knows all servers and publishes one message ` +
    `after the other, each again after ${attemptTimeoutMs} ms without an answer`,
  measure: async (folder, kills) => {
    const cluster = await NatsCluster.start(folder);
    try {
      const { connection, manager } = await cluster.connect();
      const stalls = new Latency();
      const stream = jetstream(connection);
      const publish = (): Promise<unknown> => stream.publish(subject, 'x', { timeout: attemptTimeoutMs });
      for (let kill = 0; kill < kills; kill++) {
        const leader = await untilWhole(manager);
        const publisher = new Publisher(publish);
        await pause(calmMs);
        await cluster.kill(leader);
        await pause(calmMs);
        stalls.record(await publisher.stop());
        cluster.restart(leader);
      }
      await connection.close();
      return stalls;
    } finally {
      await cluster.stop();
    }
  },
};

/** @returns the leader, once it has both followers at its side */
function untilWhole(manager: JetStreamManager): Promise<string> {
  return waitUntil('The stream has a leader and two followers', recoveryTimeoutMs, async () => {
    const { cluster } = await manager.streams.info(streamName);
    const isWhole = cluster?.replicas?.every(({ current, offline }) => current && offline !== true) ?? false;
    return isWhole ? cluster?.leader : undefined;
  });
}

/** Publishes again and again, and knows for how long nothing got through. */
class Publisher {
  readonly #publish: () => Promise<unknown>;
  readonly #ended: Promise<void>;
  #isStopping = false;
  #longestMs = 0;

  constructor(publish: () => Promise<unknown>) {
    this.#publish = publish;
    this.#ended = this.#run();
  }

  /** @returns the longest time between two that got through, in milliseconds, once another one has */
  async stop(): Promise<number> {
    this.#isStopping = true;
    await this.#ended;
    return this.#longestMs;
  }

  async #run(): Promise<void> {
    for (let last: number | undefined; ;) {
      try {
        await this.#publish();
      } catch {
        await pause(1);
        continue;
      }
      const now = performance.now();
      if (last !== undefined) this.#longestMs = Math.max(this.#longestMs, now - last);
      last = now;
      if (this.#isStopping) return;
    }
  }
}
