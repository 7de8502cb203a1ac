import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Latency } from '../measure/latency.js';
import { waitUntil } from '../measure/wait-until.js';
import { loopback } from '../network/host.js';
import { findFreePorts } from '../programs/free-ports.js';
import { findProgram, readVersion } from '../programs/installed-program.js';
import { Program } from '../programs/program.js';
import { runClosedLoop } from './closed-loop.js';
import type { Contender, ContenderGroup, Load, Throughput } from './contender.js';

const inFlight = 1000;
const memberCount = 3;
const formTimeoutMs = 60_000;
const subject = 'bench.entry';

const program = findProgram('nats-server');

/** NATS JetStream with three replicas in memory; an entry is done when its publisher has the acknowledgement of the quorum. */
export const natsContender: Contender = {
  name: 'NATS JetStream R3',
  obstacle: program === undefined ? 'nats-server is not installed' : undefined,
  describe: async () =>
    `nats-server ${await readVersion(program!, '--version')}, memory storage, one client with ${inFlight} in flight`,
  start: async (folder) => {
    const servers = await startServers(folder);
    const connection = await waitUntil('NATS accepts clients', formTimeoutMs, () =>
      connect({ servers: `127.0.0.1:${servers.clientPort}` }),
    );
    const manager = await waitUntil('JetStream answers', formTimeoutMs, () => jetstreamManager(connection));
    await waitUntil('JetStream makes a stream', formTimeoutMs, () =>
      manager.streams.add({
        name: 'bench',
        subjects: [subject],
        num_replicas: memberCount,
        storage: 'memory',
        max_msgs: 100_000,
      }),
    );
    return new NatsGroup(servers.programs, connection);
  },
};

interface Servers {
  readonly programs: readonly Program[];
  readonly clientPort: number;
}

async function startServers(folder: string): Promise<Servers> {
  const ports = await findFreePorts(2 * memberCount);
  const clientPorts = ports.slice(0, memberCount);
  const routePorts = ports.slice(memberCount);
  const routes = routePorts.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const programs = clientPorts.map((port, index) => {
    const storeFolder = join(folder, `store-${index}`);
    const configurationPath = join(folder, `${index}.conf`);
    mkdirSync(storeFolder);
    const lines = [
      `server_name: n${index}`,
      `listen: 127.0.0.1:${port}`,
      `jetstream { store_dir: "${storeFolder}" }`,
      `cluster { name: bench, listen: 127.0.0.1:${routePorts[index]}, routes: [${routes}] }`,
    ];
    writeFileSync(configurationPath, `${lines.join('\n')}\n`);
    return new Program(loopback, [program!, '-c', configurationPath], join(folder, `${index}.log`));
  });
  return { programs, clientPort: clientPorts[0]! };
}

class NatsGroup implements ContenderGroup {
  readonly #servers: readonly Program[];
  readonly #connection: NatsConnection;

  constructor(servers: readonly Program[], connection: NatsConnection) {
    this.#servers = servers;
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
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  #publish(count: number, load: Load): ReturnType<typeof runClosedLoop> {
    const stream = jetstream(this.#connection);
    const entry = new Uint8Array(load.entryBytes);
    const pids = [process.pid, ...this.#servers.map(({ pid }) => pid)];
    return runClosedLoop(() => stream.publish(subject, entry), count, load, pids);
  }
}
