import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Etcd3 } from 'etcd3';
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
const keyCount = 1000;
const formTimeoutMs = 60_000;

const program = findProgram('etcd');

/** etcd with three members; an entry is a value that is put under one of a thousand keys. */
export const etcdContender: Contender = {
  name: 'etcd',
  obstacle: program === undefined ? 'etcd is not installed' : undefined,
  describe: async () =>
    `etcd ${await readVersion(program!, '--version')}, its log on a memory disk, one client with ${inFlight} in flight`,
  start: async (folder) => {
    // A disk in memory, since the others have no disk to wait for.
    const dataFolder = mkdtempSync('/dev/shm/lockstep-bench-etcd-');
    const ports = await findFreePorts(2 * memberCount);
    const servers = startServers(folder, dataFolder, ports);
    const client = new Etcd3({ hosts: [`http://127.0.0.1:${ports[0]}`] });
    await waitUntil('etcd takes a value', formTimeoutMs, () => client.put('ready').value('1').exec());
    return new EtcdGroup(servers, client, dataFolder);
  },
};

function startServers(folder: string, dataFolder: string, ports: readonly number[]): Program[] {
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const clientUrls = urls.slice(0, memberCount);
  const peerUrls = urls.slice(memberCount);
  const cluster = peerUrls.map((url, index) => `n${index}=${url}`).join(',');
  return clientUrls.map((clientUrl, index) => {
    const peerUrl = peerUrls[index]!;
    const args = [
      ...['--name', `n${index}`, '--data-dir', join(dataFolder, `${index}`)],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
      ...['--initial-cluster', cluster, '--initial-cluster-state', 'new'],
    ];
    return new Program(loopback, [program!, ...args], join(folder, `${index}.log`));
  });
}

class EtcdGroup implements ContenderGroup {
  readonly #servers: readonly Program[];
  readonly #client: Etcd3;
  readonly #dataFolder: string;

  constructor(servers: readonly Program[], client: Etcd3, dataFolder: string) {
    this.#servers = servers;
    this.#client = client;
    this.#dataFolder = dataFolder;
  }

  fullWindow(load: Load): Promise<Throughput> {
    return this.#put(inFlight, load);
  }

  async oneInFlight(load: Load): Promise<ReadonlyMap<string, Latency>> {
    return new Map([['', (await this.#put(1, load)).latency]]);
  }

  async stop(): Promise<void> {
    this.#client.close();
    await Promise.all(this.#servers.map((server) => server.stop()));
    rmSync(this.#dataFolder, { recursive: true });
  }

  #put(count: number, load: Load): ReturnType<typeof runClosedLoop> {
    const entry = Buffer.alloc(load.entryBytes);
    const pids = [process.pid, ...this.#servers.map(({ pid }) => pid)];
    let next = 0;
    const put = (): Promise<unknown> =>
      this.#client
        .put(`key-${next++ % keyCount}`)
        .value(entry)
        .exec();
    return runClosedLoop(put, count, load, pids);
  }
}
