import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Latency } from '../measure/latency.js';
import { measureProcessorTime } from '../measure/processor-time.js';
import { waitUntil } from '../measure/wait-until.js';
import { HostNetwork } from '../network/host-network.js';
import { findProgram, readVersion } from '../programs/installed-program.js';
import { Program } from '../programs/program.js';
import type { Contender, ContenderGroup, Load, Throughput } from './contender.js';

const run = promisify(execFile);

const memberCount = 3;
const formTimeoutMs = 60_000;
const maxOutputBytes = 64 * 1024 * 1024;
const clientSource = fileURLToPath(new URL('../../native/cpg-client.c', import.meta.url));
/** Where Corosync keeps what it shares with its clients; each node needs its own. */
const ownFolders = ['/dev/shm', '/run', '/var/lib/corosync'];

const program = findProgram('corosync');
const compiler = findProgram('cc');

/** Corosync's closed process groups, one node in each of three network namespaces, as three hosts. */
export const corosyncContender: Contender = {
  name: 'Corosync CPG',
  get obstacle() {
    if (program === undefined) return 'corosync is not installed';
    if (compiler === undefined) return 'there is no C compiler for its client';
    return HostNetwork.obstacle;
  },
  describe: async () =>
    `corosync ${await readVersion(program!, '-v')}, udpu without encryption, three nodes in network namespaces that all submit as ` +
    'fast as they may; delivered in agreed order, which may still be lost',
  start: async (folder) => {
    const client = join(folder, 'cpg-client');
    await run(compiler!, ['-O2', '-o', client, clientSource, '-lcpg']);
    const network = await HostNetwork.create(memberCount);
    const group = new CorosyncGroup(network, startNodes(folder, network), client);
    try {
      await group.join();
    } catch (error) {
      await group.stop();
      throw error;
    }
    return group;
  },
};

function startNodes(folder: string, { hosts }: HostNetwork): Program[] {
  const nodes = hosts.map(
    ({ address }, index) => `  node {\n    ring0_addr: ${address}\n    name: n${index}\n    nodeid: ${index + 1}\n  }`,
  );
  return hosts.map((host, index) => {
    const nodeFolder = join(folder, `node-${index}`);
    mkdirSync(nodeFolder);
    const configuration = `totem {
  version: 2
  cluster_name: bench
  transport: udpu
  crypto_cipher: none
  crypto_hash: none
}
logging {
  to_logfile: yes
  logfile: ${nodeFolder}/log
  to_syslog: no
}
quorum {
  provider: corosync_votequorum
}
nodelist {
${nodes.join('\n')}
}
`;
    const path = join(nodeFolder, 'corosync.conf');
    writeFileSync(path, configuration);
    const mounts = ownFolders.map((own) => `mount -t tmpfs own ${own}`).join(' && ');
    const script = `${mounts} && mkdir -p /run/corosync /run/lock && exec "$@"`;
    const node = ['unshare', '--mount', 'sh', '-c', script, 'node', program!, '-f', '-c', path];
    return new Program(host, node, join(nodeFolder, 'out'));
  });
}

class CorosyncGroup implements ContenderGroup {
  readonly #network: HostNetwork;
  readonly #nodes: readonly Program[];
  readonly #client: string;

  constructor(network: HostNetwork, nodes: readonly Program[], client: string) {
    this.#network = network;
    this.#nodes = nodes;
    this.#client = client;
  }

  /** Resolves when every node takes clients, and these have seen each other. */
  async join(): Promise<void> {
    const nothing: Load = { entryBytes: 1, warmUpMs: 0, measureMs: 0 };
    for (const node of this.#nodes) {
      await waitUntil('Corosync takes clients', formTimeoutMs, () => this.#run(node, 'window', 1, nothing).end());
    }
    const clients = this.#nodes.map((node) => this.#run(node, 'window', memberCount, nothing));
    await Promise.all(clients.map((client) => client.end()));
  }

  async fullWindow(load: Load): Promise<Throughput> {
    const clients = this.#nodes.map((node) => this.#run(node, 'window', memberCount, load));
    const pids = [...this.#nodes, ...clients].map(({ pid }) => pid);
    const processorMs = await measureProcessorTime(pids, load.warmUpMs, load.measureMs);
    const outputs = await Promise.all(clients.map((client) => client.end()));
    const entriesPerSecond = outputs.reduce((sum, output) => sum + Number(output), 0);
    const entries = entriesPerSecond * (load.measureMs / 1000);
    return { entriesPerSecond, processorUsPerEntry: (processorMs * 1000) / entries };
  }

  async oneInFlight(load: Load): Promise<ReadonlyMap<string, Latency>> {
    const latency = new Latency();
    const output = await this.#run(this.#nodes[0]!, 'single', 1, load).end();
    for (const nanoseconds of output.trimEnd().split('\n')) latency.record(Number(nanoseconds) / 1e6);
    return new Map([['', latency]]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()));
    await this.#network.remove();
  }

  /**
   * Runs a client where a node is. What leads there makes way for it, so the process is the client's.
   *
   * @returns `end` resolves with what it has printed when it has done its work
   */
  #run(node: Program, mode: string, membersWanted: number, load: Load): { pid: number; end: () => Promise<string> } {
    const numbers = [membersWanted, load.entryBytes, load.warmUpMs, load.measureMs].map(String);
    const enter = ['--target', String(node.pid), '--mount', '--net', '--wdns=/', this.#client, mode, ...numbers];
    const timeout = formTimeoutMs + load.warmUpMs + load.measureMs;
    const running = run('nsenter', enter, { maxBuffer: maxOutputBytes, timeout });
    const end = async (): Promise<string> => {
      running.child.stdin!.end();
      return (await running).stdout;
    };
    return { pid: running.child.pid!, end };
  }
}
